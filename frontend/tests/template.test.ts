import { expect, test } from 'vitest';

import { profileOf } from '../util/template';

const choices = {
  name: 'People',
  source: 'dir_a',
  target: 'dir_b',
  types: ['user' as const],
  container: 'OU="Sync",DC=b',
  matchOn: ['employeeID', 'mail'],
  suffix: 'b.test',
};

test('the first profile matches, maps and names new objects by expressions', () => {
  const [part] = profileOf(choices).outbound ?? [];

  expect(part?.match).toEqual([
    [{ metaverse: 'employeeID', target: 'employeeID' }],
    [{ metaverse: 'mail', target: 'mail' }],
  ]);
  expect(part?.dn).toEqual({ expr: '"CN=" + Dn.Escape(cn) + ",OU=\\"Sync\\",DC=b"' });
  expect(part?.flows).toContainEqual({ to: 'userPrincipalName', expr: 'sAMAccountName + "@b.test"' });
});

test('attributes that one of the directories does not know are left out', () => {
  const known = (directory: string) => (directory === 'dir_b' ? ['cn', 'mail'] : undefined);

  const [part] = profileOf({ ...choices, known }).inbound ?? [];

  expect(part?.flows).toEqual([
    { to: 'cn', from: 'cn' },
    { to: 'mail', expr: 'mail?.ToLower()' },
  ]);
});

test('a profile for Entra ID names no container, and its people by the names they have there', () => {
  const { inbound, outbound } = profileOf({ ...choices, isEntra: true, container: '', types: ['user', 'group', 'contact'], suffix: 'contoso.example' });

  expect(inbound?.map((part) => part.type)).toEqual(['user', 'group']);
  expect(outbound?.map((part) => [part.type, part.dn])).toEqual([
    ['user', undefined],
    ['group', undefined],
  ]);
  const people = outbound?.[0];
  expect(people?.match).toEqual([[{ metaverse: 'employeeID', target: 'employeeId' }], [{ metaverse: 'mail', target: 'mail' }]]);
  expect(people?.flows).toContainEqual({ to: 'jobTitle', from: 'title' });
  expect(people?.flows).toContainEqual({ to: 'userPrincipalName', expr: 'sAMAccountName.ToLower() + "@contoso.example"' });
  expect(outbound?.[1]?.flows).toContainEqual({ to: 'members', from: 'member' });
});
