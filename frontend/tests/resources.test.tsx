import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';

import { keys } from '../api/keys';
import type { AffectedProfile, LookupTable, RuleResource, RuleResourceView } from '../api/types';
import { ResourceEditor } from '../components/resources/ResourceEditor';
import { RowsEditor } from '../components/resources/RowsEditor';
import { elsewhere, moved, newParameter } from '../components/resources/draft';
import { effectSentence, textOf, userSentence } from '../components/resources/effect';
import { ResourceTable } from '../pages/Resources';
import * as recorded from './recorded';
import { TENANT, show } from './show';

const relaxed = { rules: { 'color-contrast': { enabled: false }, 'heading-order': { enabled: false } } };
const finding = (at: string, message: string) => ({ at, message, code: 'SL0501', severity: 'error' as const });
const profile = (name: string, rest: Partial<AffectedProfile> = {}): AffectedProfile => ({
  id: `prf_${name.toLowerCase()}`,
  name,
  state: 'live',
  is_changed: false,
  errors: [],
  ...rest,
});
const changed = { is_changed: true };
const broken = { errors: [finding('/inbound/0/flows/3/expr', 'no such table')] };

test.each([
  [[], 'No profile uses it: saving changes none.'],
  [[profile('A', changed)], 'Used by 1 profile: A will do something else and needs review.'],
  [[profile('A', changed), profile('C'), profile('B', changed)], 'Used by 3 profiles: A and B will do something else and need review; C stays as it is.'],
  [[profile('A'), profile('B'), profile('C')], 'Used by 3 profiles: A, B and C stay as they are.'],
  [[profile('A', { ...changed, ...broken }), profile('B')], 'Used by 2 profiles: B stays as it is; A would no longer work.'],
])('what saving does is one sentence %#', (profiles, said) => {
  expect(textOf(effectSentence(profiles))).toBe(said);
});

test('while nothing is changed it is said who uses it', () => {
  expect(textOf(userSentence([]))).toBe('No profile uses it.');
  expect(textOf(userSentence([profile('A'), profile('B')]))).toBe('Used by 2 profiles: A and B.');
});

test('a parameter moves by one place and never beyond an end', () => {
  const names = (all: ReturnType<typeof newParameter>[]) => all.map(({ name }) => name).join('');
  const parameters = ['a', 'b', 'c'].map((name) => ({ ...newParameter(), name }));

  expect(names(moved(parameters, 1, -1))).toBe('bac');
  expect(names(moved(parameters, 1, 1))).toBe('acb');
  expect(moved(parameters, 2, 1)).toBe(parameters);
});

test('a finding that no field shows stands on its own', () => {
  const all = ['', '/name', '/rows', '/rows/1', '/rows/7/key'].map((at) => finding(at, 'no'));

  expect(elsewhere(all, recorded.lookupTable.document).map(({ at }) => at)).toEqual(['', '/rows', '/rows/7/key']);
});

test('the list says what each is, and leads to the profiles that use it', async () => {
  const { container } = await show(<ResourceTable tenant={TENANT} resources={[recorded.lookupTable, recorded.namedExpression]} />);

  const [, table, expression] = screen.getAllByRole('row') as [HTMLElement, HTMLElement, HTMLElement];
  expect(within(table).getByText('2 rows')).toBeTruthy();
  expect(within(table).getByRole('link', { name: 'Contoso to Fabrikam' }).getAttribute('href')).toBe('/t/ten_1/profiles/prf_1');
  expect(within(expression).getByRole('link', { name: 'Initial' }).getAttribute('href')).toBe('/t/ten_1/tables/res_2');
  expect(within(expression).getByText('Initial(string name)')).toBeTruthy();
  const result = await axe.run(container, relaxed);
  expect(result.violations).toEqual([]);
});

const numbered = (n: number): LookupTable => ({ kind: 'table', name: 't', rows: Array.from({ length: n }, (_, i) => ({ key: `k${i}`, value: `v${i}` })) });

function Rows({ start, onLatest, at }: { start: LookupTable; onLatest?: (table: LookupTable) => void; at?: string }) {
  const [table, setTable] = useState(start);
  onLatest?.(table);
  return <RowsEditor document={table} diagnostics={at ? [finding(at, 'the key stands twice')] : []} onChange={setTable} />;
}

test('of ten thousand rows a handful is drawn', async () => {
  await show(<Rows start={numbered(10_000)} />);

  const table = screen.getByRole('table', { name: 'Rows' });
  expect(table.getAttribute('aria-rowcount')).toBe('10001');
  expect(within(table).getAllByRole('row').length).toBeLessThan(60);
});

test('rows are written, added with Enter and removed', async () => {
  const onLatest = vi.fn<(table: LookupTable) => void>();
  await show(<Rows start={numbered(2)} onLatest={onLatest} />);

  await userEvent.type(screen.getByLabelText('Value of row 2'), '!{Enter}');
  await userEvent.keyboard('new');
  await userEvent.click(screen.getByRole('button', { name: 'Remove row 1' }));

  expect(onLatest.mock.lastCall?.[0].rows).toEqual([{ key: 'k1', value: 'v1!' }, { key: 'new', value: '' }]);
});

test('a finding stands at its row, and only rows with the wanted text are shown', async () => {
  await show(<Rows start={numbered(30)} at="/rows/1" />);

  expect(screen.getByLabelText('Key of row 2').getAttribute('aria-invalid')).toBe('true');
  await userEvent.type(screen.getByRole('searchbox', { name: 'Find in keys and values' }), 'V2');
  expect(screen.getByText('11 rows found')).toBeTruthy();
  expect(screen.queryByLabelText('Key of row 2')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: '/rows/1' }));
  expect(document.activeElement).toBe(screen.getByLabelText('Key of row 2'));
});

test('pasted rows replace those that are there, or follow them', async () => {
  const onLatest = vi.fn<(table: LookupTable) => void>();
  await show(<Rows start={numbered(2)} onLatest={onLatest} />);
  const paste = async (text: string) => {
    await userEvent.click(screen.getByRole('button', { name: 'Import rows' }));
    await userEvent.click(screen.getByRole('textbox', { name: 'Keys and values' }));
    await userEvent.paste(text);
  };
  const named = () => onLatest.mock.lastCall?.[0].rows.map(({ key }) => key);

  await paste('DE\tGermany\nFR\tFrance\n');
  expect(screen.getByRole('status').textContent).toContain('2 rows in place of 2');
  await userEvent.click(screen.getByRole('button', { name: 'Replace the rows' }));
  expect(named()).toEqual(['DE', 'FR']);

  await paste('IT,Italy');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Rows that are there' }), 'keep');
  await userEvent.click(screen.getByRole('button', { name: 'Append the rows' }));
  expect(named()).toEqual(['DE', 'FR', 'IT']);
});

const editing = (saved: RuleResourceView, draft: RuleResource, said: object) =>
  show(<ResourceEditor start={saved.document} saved={saved} />, [recorded.directory], [
    [keys.me, recorded.me],
    [keys.resourceVersions(TENANT, saved.id), { items: [] }],
    [keys.resourceCheck(TENANT, saved.id, draft), { ...recorded.resourceChecked, ...said }],
  ]);

test('before a table is saved the page says what that does, and asks', async () => {
  const draft = { ...recorded.lookupTable.document, rows: [{ key: 'DE', value: 'Germany!' }, { key: 'FR', value: 'France' }] } as RuleResource;
  const { container } = await editing(recorded.lookupTable, draft, {});
  expect(screen.getByRole('region', { name: 'Where it is used' }).textContent).toContain('Used by 1 profile: Contoso to Fabrikam.');
  expect(screen.getByRole('button', { name: 'Save a version' })).toHaveProperty('disabled', true);

  await userEvent.type(screen.getByLabelText('Value of row 1'), '!');

  const effect = await screen.findByRole('region', { name: 'What saving does' });
  expect(effect.textContent).toContain('Contoso to Fabrikam will do something else and needs review');
  expect(within(effect).getByRole('link').getAttribute('href')).toBe('/t/ten_1/profiles/prf_1');
  await userEvent.click(screen.getByRole('button', { name: 'Save a version' }));
  expect(screen.getByRole('dialog', { name: 'Save countries?' }).textContent).toContain('needs review');
  const result = await axe.run(container, relaxed);
  expect(result.violations).toEqual([]);
});

test('a draft that breaks a profile cannot be saved, and leads to the place', async () => {
  const draft = { ...recorded.namedExpression.document, name: 'Initials' } as RuleResource;
  const { container } = await editing(recorded.namedExpression, draft, { ok: false, profiles: [profile('A', broken)] });

  await userEvent.type(screen.getByRole('textbox', { name: /^Name/, description: /Expressions use it/ }), 's');

  const errors = await screen.findByRole('list', { name: 'Errors of profiles' });
  expect(within(errors).getByRole('link').getAttribute('href')).toBe('/t/ten_1/profiles/prf_a?at=%2Finbound%2F0%2Fflows%2F3%2Fexpr');
  expect(errors.textContent).toContain('No such table.');
  expect(screen.getByRole('button', { name: 'Save a version' })).toHaveProperty('disabled', true);
  const result = await axe.run(container, relaxed);
  expect(result.violations).toEqual([]);
});

test('an empty table is free of accessibility violations', async () => {
  const { container } = await show(<Rows start={numbered(0)} />);

  expect(screen.getByRole('heading', { name: '0 rows' })).toBeTruthy();
  const result = await axe.run(container, relaxed);
  expect(result.violations).toEqual([]);
});
