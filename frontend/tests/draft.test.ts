import { expect, test } from 'vitest';

import { sentence } from '../components/profile/Findings';
import { dialectOf, fixed, flowText, inDialect, metaverseNames, slotAt } from '../components/profile/draft';
import { marksOf, written } from '../ui/CodeEditor';
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

test('a fix changes its span of the expression and nothing else, and is left where the expression became shorter', () => {
  const at = '/inbound/0/flows/1/expr';
  const draft = put(document, at, 'mial.ToLower()');
  const fix = { title: 'did you mean', replacement: 'mail', from: 0, to: 4 };

  expect(fixed(draft, { at, fix }).inbound?.[0]?.flows?.[1]?.expr).toBe('mail.ToLower()');
  expect(fixed(put(draft, at, 'm'), { at, fix }).inbound?.[0]?.flows?.[1]?.expr).toBe('m');
  expect(fixed(draft, { at: '/inbound/0/flows/1/to', fix: { title: 'did you mean', replacement: 'sn' } }).inbound?.[0]?.flows?.[1]?.to).toBe('sn');
  expect(fixed(draft, { at })).toBe(draft);
});

test('the default dialect is not written down, another one is', () => {
  const flow = { to: 'mail', expr: 'LCase([mail])' };

  expect(inDialect(flow, 'entra')).toEqual({ ...flow, dialect: 'entra' });
  expect(inDialect(inDialect(flow, 'entra'), 'csharp')).toEqual(flow);
  expect([dialectOf(flow), dialectOf(inDialect(flow, 'entra')), dialectOf('mail'), dialectOf(null)]).toEqual(['csharp', 'entra', 'csharp', 'csharp']);
});

test('names are offered as the dialect writes them', () => {
  expect(['mail', 'ms-DS-ConsistencyGuid'].map((name) => written(name, 'csharp'))).toEqual(['mail', '`ms-DS-ConsistencyGuid`']);
  expect(written('mail', 'entra')).toBe('[mail]');
});

test('messages of the compiler read as sentences', () => {
  expect(sentence('this fails on such objects')).toBe('This fails on such objects.');
  expect(sentence('`mial` is no attribute')).toBe('`mial` is no attribute.');
  expect(sentence('The interval is too short.')).toBe('The interval is too short.');
});
