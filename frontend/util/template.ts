// The profile that the form starts from: people, groups and contacts from one Active Directory to
// another or to Entra ID, each attribute with a rule that can then be changed in the editor.
import type { Flow, InboundPart, OutboundPart, Profile } from '../api/types';
import { ENTRA_TYPES, type EntraType, entraPart } from './entra';
import { literal } from './literal';

export const TYPES = ['user', 'group', 'contact'] as const;
export type ObjectType = (typeof TYPES)[number];

export type Choices = {
  name: string;
  source: string;
  target: string;
  types: ObjectType[];
  /** Where new objects are made, such as `OU=Synced,DC=fabrikam,DC=test`. */
  container: string;
  /** Attributes that find an existing person, the first that matches counts. */
  matchOn: string[];
  /** What stands behind the @ of a new user principal name. */
  suffix: string;
  /** Attributes by directory and type, where the schema is known. */
  known?: (directory: string, type: ObjectType) => string[] | undefined;
  /** Whether the target is a directory tenant of Entra ID: no containers, other names. */
  isEntra?: boolean;
};

const METAVERSE: Record<ObjectType, string> = { user: 'person', group: 'group', contact: 'contact' };

const ATTRIBUTES: Record<ObjectType, string[]> = {
  user: [
    'accountDisabled',
    'cn',
    'company',
    'department',
    'displayName',
    'employeeID',
    'employeeType',
    'givenName',
    'l',
    'mail',
    'manager',
    'mobile',
    'sAMAccountName',
    'sn',
    'telephoneNumber',
    'title',
  ],
  group: ['cn', 'description', 'groupType', 'mail', 'member', 'sAMAccountName'],
  contact: ['cn', 'company', 'displayName', 'givenName', 'mail', 'sn', 'telephoneNumber'],
};

function attributesOf(type: ObjectType, choices: Choices): string[] {
  // In Entra ID the same things have other names.
  const target = choices.isEntra ? undefined : choices.known?.(choices.target, type);
  const sides = [choices.known?.(choices.source, type), target];
  const there = (name: string) => sides.every((side) => side === undefined || side.includes(name));
  // A match attribute flows in too: it is compared in the metaverse.
  const matched = type === 'user' ? choices.matchOn : [];
  return [...new Set([...ATTRIBUTES[type], ...matched])].filter(there);
}

function inbound(type: ObjectType, choices: Choices): InboundPart {
  const flow = (name: string): Flow => (name === 'mail' ? { to: name, expr: 'mail?.ToLower()' } : { to: name, from: name });
  return {
    directory: choices.source,
    type,
    metaverse_type: METAVERSE[type],
    link: 'provision',
    flows: attributesOf(type, choices).map(flow),
  };
}

function matchOf(type: ObjectType, choices: Choices): OutboundPart['match'] {
  const names = { user: choices.matchOn, group: ['sAMAccountName'], contact: [] }[type];
  return names.map((name) => [{ metaverse: name, target: name }]);
}

function outbound(type: ObjectType, choices: Choices): OutboundPart {
  const flows = attributesOf(type, choices)
    .filter((name) => name !== 'cn')
    .map((name): Flow => ({ to: name, from: name }));
  if (type === 'user' && choices.suffix) {
    flows.push({ to: 'userPrincipalName', expr: `sAMAccountName + ${literal(`@${choices.suffix}`)}` });
  }
  return {
    directory: choices.target,
    type,
    metaverse_type: METAVERSE[type],
    action: 'create-or-update',
    match: matchOf(type, choices),
    dn: { expr: `"CN=" + Dn.Escape(cn) + ${literal(`,${choices.container}`)}` },
    flows,
    deprovision: 'delete',
  };
}

const isEntraType = (type: ObjectType): type is EntraType => ENTRA_TYPES.some((one) => one === type);

function outbounds(choices: Choices): OutboundPart[] {
  if (!choices.isEntra) return choices.types.map((type) => outbound(type, choices));
  const { target, matchOn, suffix } = choices;
  const filled = (type: EntraType) => attributesOf(type, choices);
  return choices.types.filter(isEntraType).map((type) => entraPart(type, { target, matchOn, domain: suffix, filled }));
}

export function profileOf(choices: Choices): Profile {
  const types = choices.isEntra ? choices.types.filter(isEntraType) : choices.types;
  return {
    name: choices.name,
    inbound: types.map((type) => inbound(type, choices)),
    outbound: outbounds(choices),
    triggers: { on_change: true, every: 'PT15M' },
    approval: { then: 'live' },
  };
}
