import { expect, test } from 'vitest';

import { flowText, metaverseNames, slotAt } from '../components/profile/draft';
import { marksOf } from '../ui/CodeEditor';
import { concerns, put, within } from '../util/pointer';
import { document } from './recorded';

test('a change at a pointer leaves everything else as it was', () => {
  const changed = put(document, '/inbound/0/flows/1/expr', 'mail');

  expect(changed.inbound?.[0]?.flows?.[1]).toEqual({ to: 'mail', expr: 'mail' });
  expect(changed.inbound?.[0]?.flows?.[0]).toBe(document.inbound?.[0]?.flows?.[0]);
  expect(changed.outbound).toBe(document.outbound);
});

test('a pointer of the address opens a scope, a match side or a map, and nothing else', () => {
  const kind = (pointer: string) => slotAt(document, pointer)?.kind;

  expect(kind('/inbound/0/scope')).toBe('scope');
  expect(kind('/outbound/0/scope')).toBe('scope');
  expect(kind('/outbound/0/dn')).toBe('dn');
  expect(kind('/outbound/0/match/0/0/target')).toBe('key');
  expect(kind('/inbound/0/flows/2')).toBe('flow');
  expect(kind('/inbound/0/flows/9')).toBeUndefined();
  expect(kind('/name')).toBeUndefined();
});

test('a condition reads as one line', () => {
  expect(flowText({ to: 'x', rule: { if: 'a == null', then: { expr: 'ignore' }, else: { expr: 'a' } } })).toBe(
    'if a == null then ignore else a',
  );
});

test('outbound expressions are offered what inbound maps fill', () => {
  expect(metaverseNames(document, 'person')).toEqual(['cn', 'department', 'mail']);
});

test('a finding belongs to its expression, and to every place around it', () => {
  const found = { at: '/inbound/0/flows/1/expr' };

  expect(concerns(found, '/inbound/0/flows/1')).toBe(true);
  expect(within(found, '/inbound/0')).toBe(true);
  expect(within(found, '/inbound/0/flows/10')).toBe(false);
});

test('the span of a finding never leaves a document that has become shorter', () => {
  const finding = { at: '/x', code: 'SL0101', severity: 'error' as const, message: 'no', from: 10, to: 20 };

  expect(marksOf([finding], 4)).toEqual([{ from: 4, to: 4, severity: 'error', message: 'no' }]);
});
