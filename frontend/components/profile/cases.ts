// The cases of a flow being edited: an object, and what the flow must give for it.
import type { Flow, RuleCase, Schemas } from '../../api/types';

/** What a case can expect. */
export type Expects = 'value' | 'null' | 'error' | Schemas['RuleLeaves'];

export const EXPECTS: Record<Expects, string> = {
  value: 'A value',
  null: 'No value',
  error: 'It fails',
  ignore: 'It leaves the attribute alone (ignore)',
  'authoritative-null': 'No value, and no other rule gives one',
};

export const ERRORS: Record<Schemas['RuleErrorKind'], string> = {
  null_reference: 'A member of an absent value',
  out_of_range: 'A place or length outside a text or list',
  invalid_operation: 'Nothing to take, such as the first of an empty list',
  argument: 'An argument that is absent or not acceptable',
  format: 'A text that is not what was to be parsed',
  divide_by_zero: 'A division by zero',
  overflow: 'A number that is too large',
  custom: 'A throw of the rule itself',
  budget: 'More work than one object may use',
};

export const casesOf = (flow: Flow) => (flow.cases ?? []) as RuleCase[];

/** The flow with these cases; none are not written down. */
export function withCases(flow: Flow, cases: RuleCase[]): Flow {
  const { cases: _, ...rest } = flow;
  return cases.length === 0 ? rest : { ...rest, cases: cases as Flow['cases'] };
}

export const newCase = (): RuleCase => ({ name: '', input: {}, value: '' });

export function expectsOf(one: RuleCase): Expects {
  if (one.error != null) return 'error';
  if (one.flow != null) return one.flow;
  return one.value === null ? 'null' : 'value';
}

/** The case with another kind of expectation; exactly one is written down. */
export function expecting(one: RuleCase, expects: Expects): RuleCase {
  const { value, error, flow: _, ...rest } = one;
  switch (expects) {
    case 'value':
      return { ...rest, value: value ?? '' };
    case 'null':
      return { ...rest, value: null };
    case 'error':
      return { ...rest, error: error ?? 'null_reference' };
    case 'ignore':
    case 'authoritative-null':
      return { ...rest, flow: expects };
  }
}

/** An attribute of the object as it is typed; its name may be empty, or stand twice, for a while. */
export type Attribute = { name: string; value: unknown };

export const attributesOf = (input: RuleCase['input']): Attribute[] => Object.entries(input ?? {}).map(([name, value]) => ({ name, value }));

/** The object of these attributes; of two with one name the first counts. */
export function inputOf(attributes: Attribute[]): Record<string, unknown> {
  const named = attributes.filter(({ name }) => name !== '').map(({ name, value }): [string, unknown] => [name, value]);
  return Object.fromEntries(named.reverse());
}

/** Attributes as somebody types them, as long as the draft still says the same. */
export function attributesShown(typed: Attribute[], input: RuleCase['input']): Attribute[] {
  const same = (a: object, b: object) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
  return same(inputOf(typed), input ?? {}) ? typed : attributesOf(input);
}

/** How a value is written in its field. */
export type Written = 'text' | 'list' | 'json';

export function writtenOf(value: unknown): Written {
  if (typeof value === 'string') return 'text';
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? 'list' : 'json';
}

/** The value as it stands in a field of its kind. */
export function valueText(value: unknown): string {
  const written = writtenOf(value);
  if (written === 'json') return JSON.stringify(value ?? null);
  return written === 'list' ? (value as string[]).join('\n') : (value as string);
}

/** The value that a text means. A text that is no JSON stays a text, so that what is shown is what is saved. */
export function valueOf(text: string, written: Written): { value: unknown; problem?: string } {
  if (written === 'text') return { value: text };
  if (written === 'list') return { value: text.split('\n').filter((line) => line !== '') };
  try {
    const value: unknown = JSON.parse(text);
    const fits = typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value);
    return fits ? { value } : { value: text, problem: 'A number of this size cannot be kept here.' };
  } catch {
    return { value: text, problem: 'Write a number, true, false or other JSON.' };
  }
}
