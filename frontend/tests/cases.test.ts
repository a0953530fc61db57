import { expect, test } from 'vitest';

import { attributesShown, casesOf, expecting, expectsOf, inputOf, newCase, valueOf, valueText, withCases, writtenOf } from '../components/profile/cases';
import { slotAt } from '../components/profile/draft';
import { put } from '../util/pointer';
import { document } from './recorded';

const flow = { to: 'mail', expr: 'mail?.ToLower()' };

test('a flow keeps everything else when its cases change, and writes none down where there is none', () => {
  const one = { ...newCase(), name: 'a' };

  expect(withCases(flow, [one])).toEqual({ ...flow, cases: [one] });
  expect(withCases(withCases(flow, [one]), [])).toEqual(flow);
  expect(casesOf(flow)).toEqual([]);
});

test('a case expects exactly one thing', () => {
  const value = { ...newCase(), value: 'ada' };

  expect(expecting(value, 'null')).toEqual({ name: '', input: {}, value: null });
  expect(expecting(value, 'error')).toEqual({ name: '', input: {}, error: 'null_reference' });
  expect(expecting(expecting(value, 'error'), 'ignore')).toEqual({ name: '', input: {}, flow: 'ignore' });
  expect(expecting(expecting(value, 'null'), 'value')).toEqual({ name: '', input: {}, value: '' });
});

test.each(['value', 'null', 'error', 'ignore', 'authoritative-null'] as const)('what a case expects is read back: %s', (expects) => {
  expect(expectsOf(expecting(newCase(), expects))).toBe(expects);
});

test('an object has no attribute without a name, and of two with one name the first counts', () => {
  const typed = [{ name: 'mail', value: 'a' }, { name: '', value: 'b' }, { name: 'mail', value: 'c' }];

  expect(inputOf(typed)).toEqual({ mail: 'a' });
});

test('attributes stay as they are typed until the draft says something else', () => {
  const typed = [{ name: '', value: 'half' }, { name: 'mail', value: 'a' }];

  expect(attributesShown(typed, { mail: 'a' })).toBe(typed);
  expect(attributesShown(typed, { sn: 'b' })).toEqual([{ name: 'sn', value: 'b' }]);
});

test.each([
  ['42', 'text', '42'],
  [42, 'json', '42'],
  [true, 'json', 'true'],
  [['a', 'b'], 'list', 'a\nb'],
  [[1, 2], 'json', '[1,2]'],
  [null, 'json', 'null'],
])('the value %j is written as %s', (value, written, text) => {
  expect([writtenOf(value), valueText(value)]).toEqual([written, text]);
  expect(valueOf(text, writtenOf(value))).toEqual({ value });
});

test('what is no JSON, or a number that would not stay the same, is kept as a text and told', () => {
  expect(valueOf('tru', 'json')).toMatchObject({ value: 'tru', problem: expect.any(String) });
  expect(valueOf('9223372036854775807', 'json')).toMatchObject({ value: '9223372036854775807', problem: expect.any(String) });
});

test('a pointer into a case opens its map', () => {
  const draft = put(document, '/inbound/0/flows/1/cases', [newCase()]);

  expect(slotAt(draft, '/inbound/0/flows/1/cases/0')?.pointer).toBe('/inbound/0/flows/1');
  expect(slotAt(draft, '/outbound/0/match/0/0/target/expr')?.pointer).toBe('/outbound/0/match/0/0/target');
  expect(slotAt(draft, '/outbound/0/match/0/0')).toBeUndefined();
});
