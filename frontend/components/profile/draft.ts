// A profile being edited: the document, what can be pointed at in it, and words for each place.
import type { Dialect, Fix, Flow, InboundPart, Key, OutboundPart, Profile, Rule } from '../../api/types';
import { put, at as valueAt } from '../../util/pointer';

export type PartPlace =
  | { direction: 'inbound'; index: number; pointer: string; part: InboundPart }
  | { direction: 'outbound'; index: number; pointer: string; part: OutboundPart };

/** Whose objects an expression of a part reads; the sides of a match say it themselves. */
export function readsOf(place: PartPlace, side: string | undefined): 'directory' | 'metaverse' {
  const ofDirectory = side === undefined ? place.direction === 'inbound' : side !== 'metaverse';
  return ofDirectory ? 'directory' : 'metaverse';
}

export function partsOf(document: Profile): PartPlace[] {
  return [
    ...(document.inbound ?? []).map(
      (part, index): PartPlace => ({ direction: 'inbound', index, pointer: `/inbound/${index}`, part }),
    ),
    ...(document.outbound ?? []).map(
      (part, index): PartPlace => ({ direction: 'outbound', index, pointer: `/outbound/${index}`, part }),
    ),
  ];
}

/** The part that a pointer leads into. */
export const partAt = (document: Profile, pointer: string | undefined) =>
  partsOf(document).find((place) => pointer === place.pointer || pointer?.startsWith(`${place.pointer}/`));

/** A rule in one line. */
export function ruleText(rule: Rule | null | undefined): string {
  if (!rule) return '';
  if ('if' in rule) return `if ${rule.if} then ${ruleText(rule.then)} else ${ruleText(rule.else) || 'ignore'}`;
  return rule.expr;
}

export const keyText = (key: Key) => (typeof key === 'string' ? key : key.expr);

export function flowText(flow: Flow): string {
  return flow.from ?? flow.expr ?? ruleText(flow.rule);
}

/** What each dialect is called. */
export const dialects: Record<Dialect, string> = { csharp: 'C#', entra: 'Entra functions' };

/** What a rule says it is written in; C# where it says nothing. */
export const dialectOf = (written: { dialect?: Dialect } | Rule | string | null | undefined): Dialect =>
  (typeof written === 'object' && written && 'dialect' in written && written.dialect) || 'csharp';

/** The same, written in another dialect; the default is not written down. */
export function inDialect<T extends object>(written: T, dialect: string): T {
  const { dialect: _, ...rest } = written as T & { dialect?: Dialect };
  return (dialect === 'csharp' ? rest : { ...rest, dialect }) as T;
}

export type Slot =
  | { kind: 'scope' | 'dn'; pointer: string; rule: Rule | null }
  | { kind: 'key'; pointer: string; key: Key; side: string }
  | { kind: 'flow'; pointer: string; flow: Flow; outbound: boolean };

/** How many steps below its part each thing stands that can be edited on its own. */
const DEPTHS: Record<string, number> = { scope: 1, dn: 1, flows: 2, match: 4 };

/** What a pointer of the address leads to or into, if it is something that can be edited on its own. */
export function slotAt(document: Profile, pointer: string | undefined): Slot | undefined {
  const place = partAt(document, pointer);
  if (!pointer || !place) return undefined;
  const steps = pointer.slice(place.pointer.length + 1).split('/');
  const field = steps[0] ?? '';
  const depth = DEPTHS[field];
  if (depth === undefined || steps.length < depth) return undefined;
  const at = [place.pointer, ...steps.slice(0, depth)].join('/');
  const value = valueAt(document, at);
  if (field === 'scope' || field === 'dn') return { kind: field, pointer: at, rule: (value as Rule | null | undefined) ?? null };
  if (value === undefined || value === null) return undefined;
  if (field === 'flows') return { kind: 'flow', pointer: at, flow: value as Flow, outbound: place.direction === 'outbound' };
  return { kind: 'key', pointer: at, key: value as Key, side: steps[3] ?? '' };
}

/** The document with what a finding suggests. A span that is no longer there changes nothing. */
export function fixed<T>(document: T, found: { at: string; fix?: Fix | null }): T {
  const { fix, at } = found;
  if (!fix) return document;
  if (fix.from == null || fix.to == null) return put(document, at, fix.replacement);
  const text = valueAt(document, at);
  if (typeof text !== 'string' || fix.to > text.length) return document;
  return put(document, at, text.slice(0, fix.from) + fix.replacement + text.slice(fix.to));
}

/** Attributes of the metaverse that any part of the profile fills. */
export function metaverseNames(document: Profile, type: string): string[] {
  const flows = (document.inbound ?? []).filter((part) => part.metaverse_type === type).flatMap((part) => part.flows ?? []);
  return [...new Set(flows.map((flow) => flow.to))].sort();
}

/** The flow with this default, or without one. */
export function withDefault(flow: Flow, text: string | undefined): Flow {
  const { default: _, ...rest } = flow;
  return text === undefined ? rest : { ...rest, default: text };
}
