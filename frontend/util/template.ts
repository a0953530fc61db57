// The profile that the form starts from: people, groups and contacts from one Active Directory to
// another, each attribute with a rule that can then be changed in the editor.
import type { Flow, InboundPart, OutboundPart, Profile } from '../api/types';

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

/** Text as a string literal of the C# dialect. */
export const literal = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

function attributesOf(type: ObjectType, choices: Choices): string[] {
  const sides = [choices.known?.(choices.source, type), choices.known?.(choices.target, type)];
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

export function profileOf(choices: Choices): Profile {
  return {
    name: choices.name,
    inbound: choices.types.map((type) => inbound(type, choices)),
    outbound: choices.types.map((type) => outbound(type, choices)),
    triggers: { on_change: true, every: 'PT15M' },
    approval: { then: 'live' },
  };
}
