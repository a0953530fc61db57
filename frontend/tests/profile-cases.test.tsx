import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';

import type { Flow } from '../api/types';
import { Parameters } from '../components/profile/Parameters';
import { ProfileSettings } from '../components/profile/ProfileSettings';
import { SlotEditor } from '../components/profile/SlotEditor';
import * as recorded from './recorded';
import { show } from './show';

const pointer = '/inbound/0/flows/1';
const finding = (at: string, message: string) => ({ at, message, code: 'PF0001', severity: 'error' as const });

function Editor({ start, onLatest, found = [] }: { start: Flow; onLatest?: (flow: Flow) => void; found?: ReturnType<typeof finding>[] }) {
  const [flow, setFlow] = useState(start);
  onLatest?.(flow);
  return (
    <SlotEditor
      slot={{ kind: 'flow', pointer, flow, outbound: false }}
      onChange={(value) => setFlow(value as Flow)}
      diagnostics={found}
      names={['mail', 'sn']}
    />
  );
}

const from = { to: 'mail', from: 'mail' };

test('a case is written field by field, and the map keeps everything else', async () => {
  const onLatest = vi.fn<(flow: Flow) => void>();
  const { container } = await show(<Editor start={from} onLatest={onLatest} />);

  await userEvent.click(screen.getByText('Cases (0)'));
  await userEvent.click(screen.getByRole('button', { name: 'Add a case' }));
  const one = within(screen.getByRole('group', { name: 'Case 1' }));
  await userEvent.type(one.getByRole('textbox', { name: 'What it shows' }), 'as it is');
  await userEvent.click(one.getByRole('button', { name: 'Add an attribute' }));
  await userEvent.type(one.getByRole('combobox', { name: 'Attribute 1' }), 'mail');
  await userEvent.type(one.getByRole('textbox', { name: 'Value 1' }), 'ada');
  await userEvent.type(one.getByRole('textbox', { name: 'Expected value' }), 'ada');

  expect(onLatest.mock.lastCall?.[0]).toEqual({ ...from, cases: [{ name: 'as it is', input: { mail: 'ada' }, value: 'ada' }] });
  const result = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  expect(result.violations).toEqual([]);
});

test('a case expects a list, a number, nothing or a failure', async () => {
  const onLatest = vi.fn<(flow: Flow) => void>();
  const latest = () => (onLatest.mock.lastCall?.[0].cases ?? [])[0];
  await show(<Editor start={{ ...from, cases: [{ name: 'a', value: '5' }] }} onLatest={onLatest} />);
  await userEvent.click(screen.getByText('Cases (1)'));
  const kind = screen.getByRole('combobox', { name: 'Kind of expected value' });

  await userEvent.selectOptions(kind, 'json');
  expect(latest()).toEqual({ name: 'a', value: 5 });
  await userEvent.selectOptions(kind, 'list');
  await userEvent.type(screen.getByRole('textbox', { name: 'Expected value' }), '{Enter}6');
  expect(latest()).toEqual({ name: 'a', value: ['5', '6'] });
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Expected' }), 'null');
  expect(latest()).toEqual({ name: 'a', value: null });
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Expected' }), 'error');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Why it fails' }), 'format');
  expect(latest()).toEqual({ name: 'a', error: 'format' });
});

test('the cases are open while one fails, and what is found stands at that case', async () => {
  const cases = ['a', 'b'].map((name) => ({ name, value: 'x' }));
  await show(<Editor start={{ ...from, cases }} found={[finding(`${pointer}/cases/1`, 'it does not hold')]} />);

  expect(within(screen.getByRole('group', { name: 'Case 2' })).getByText(/It does not hold/)).toBeTruthy();
  expect(within(screen.getByRole('group', { name: 'Case 1' })).queryByRole('list', { name: 'Diagnostics' })).toBeNull();
  expect(screen.getByText(/Cases \(2\)/).closest('details')?.open).toBe(true);
});

test('the last case that is removed leaves no list behind', async () => {
  const onLatest = vi.fn<(flow: Flow) => void>();
  await show(<Editor start={{ ...from, cases: [{ name: 'a', value: 'x' }] }} onLatest={onLatest} />);

  await userEvent.click(screen.getByText('Cases (1)'));
  await userEvent.click(screen.getByRole('button', { name: 'Remove case 1' }));

  expect(onLatest.mock.lastCall?.[0]).toEqual(from);
});

test('a profile is made strict by a check', async () => {
  const onChange = vi.fn();
  await show(<ProfileSettings document={recorded.document} onChange={onChange} />);

  await userEvent.click(screen.getByRole('checkbox', { name: /^Strict/ }));

  expect(onChange).toHaveBeenCalledWith({ ...recorded.document, strict: true });
});

test('a parameter is named once, valued and removed', async () => {
  const onChange = vi.fn<(values: Record<string, string>) => void>();
  function Host() {
    const [values, setValues] = useState<Record<string, string>>({});
    onChange(values);
    return <Parameters values={values} onChange={setValues} />;
  }
  const { container } = await show(<Host />);

  await userEvent.click(screen.getByText('Parameters (0)'));
  const name = screen.getByRole('textbox', { name: 'New parameter' });
  await userEvent.type(name, 'Domain FQDN');
  expect(screen.getByRole('button', { name: 'Add a parameter' })).toHaveProperty('disabled', true);
  await userEvent.clear(name);
  await userEvent.type(name, 'Domain.FQDN');
  await userEvent.click(screen.getByRole('button', { name: 'Add a parameter' }));
  await userEvent.type(screen.getByRole('textbox', { name: '%Domain.FQDN%' }), 'contoso.com');

  expect(onChange.mock.lastCall?.[0]).toEqual({ 'Domain.FQDN': 'contoso.com' });
  const result = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  expect(result.violations).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Remove %Domain.FQDN%' }));
  expect(onChange.mock.lastCall?.[0]).toEqual({});
});

test('a default stands under the map, with its own findings', async () => {
  const onLatest = vi.fn<(flow: Flow) => void>();
  await show(<Editor start={{ to: 'sn', expr: 'sn.Substring(1)' }} onLatest={onLatest} />);

  await userEvent.click(screen.getByRole('checkbox', { name: 'A default where it fails' }));
  expect(onLatest.mock.lastCall?.[0]).toEqual({ to: 'sn', expr: 'sn.Substring(1)', default: '' });
  expect(screen.getByRole('textbox', { name: 'Default' })).toBeTruthy();
  await userEvent.click(screen.getByRole('checkbox', { name: 'A default where it fails' }));
  expect(onLatest.mock.lastCall?.[0]).toEqual({ to: 'sn', expr: 'sn.Substring(1)' });
});
