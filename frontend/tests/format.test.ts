import { expect, test } from 'vitest';

import { leaf } from '../util/format';

test.each([
  ['CN=Ada Byron,OU=Staff,DC=contoso,DC=test', 'Ada Byron'],
  ['CN=Byron\\, Ada,OU=Staff', 'Byron, Ada'],
  ['CN=one', 'one'],
  ['no name at all', 'no name at all'],
])('the first part of %s is %s', (dn, name) => {
  expect(leaf(dn)).toBe(name);
});
