// The target parts of a new profile for Entra ID: a directory without containers, whose attributes have names of their own.
import type { Flow, OutboundPart } from '../api/types';
import { literal } from './literal';

/** Object types that a profile can make there; contacts are Exchange's to write. */
export const ENTRA_TYPES = ['user', 'group'] as const;
export type EntraType = (typeof ENTRA_TYPES)[number];

export type EntraChoices = {
  target: string;
  /** Attributes of the metaverse that find an existing person, the first that matches counts. */
  matchOn: string[];
  /** A domain that the directory tenant has verified. */
  domain: string;
  /** Attributes that the metaverse gets, by type. */
  filled: (type: EntraType) => string[];
};

/** Entra ID's names, by those of Active Directory. */
const CALLED: Record<EntraType, Record<string, string>> = {
  user: {
    displayName: 'displayName',
    givenName: 'givenName',
    sn: 'surname',
    company: 'companyName',
    department: 'department',
    title: 'jobTitle',
    l: 'city',
    mobile: 'mobilePhone',
    employeeID: 'employeeId',
    manager: 'manager',
  },
  group: { cn: 'displayName', member: 'members' },
};

const METAVERSE: Record<EntraType, string> = { user: 'person', group: 'group' };

const OWN: Record<EntraType, (domain: string) => Flow[]> = {
  user: (domain) => [
    { to: 'accountEnabled', expr: 'accountDisabled != true' },
    { to: 'mailNickname', expr: 'sAMAccountName.ToLower()' },
    { to: 'userPrincipalName', expr: `sAMAccountName.ToLower() + ${literal(`@${domain}`)}` },
  ],
  group: () => [
    { to: 'description', expr: 'description?.FirstOrDefault()' },
    { to: 'mailNickname', expr: 'sAMAccountName' },
    { to: 'mailEnabled', expr: 'false' },
    { to: 'securityEnabled', expr: 'true' },
  ],
};

function matchOf(type: EntraType, matchOn: string[]): OutboundPart['match'] {
  if (type === 'group') return [[{ metaverse: 'sAMAccountName', target: 'mailNickname' }]];
  return matchOn.map((name) => [{ metaverse: name, target: CALLED.user[name] ?? name }]);
}

export function entraPart(type: EntraType, { target, matchOn, domain, filled }: EntraChoices): OutboundPart {
  const there = filled(type);
  const same = Object.entries(CALLED[type])
    .filter(([from]) => there.includes(from))
    .map(([from, to]): Flow => ({ to, from }));
  return {
    directory: target,
    type,
    metaverse_type: METAVERSE[type],
    action: 'create-or-update',
    match: matchOf(type, matchOn),
    flows: [...OWN[type](domain), ...same],
    deprovision: 'delete',
  };
}
