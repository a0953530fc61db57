import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { expect, test, vi } from 'vitest';

import { ApiProblem } from '../api/problem';
import { AgentTable, agentState } from '../components/AgentSlots';
import { Checklist } from '../components/Checklist';
import { CloudSignIn } from '../components/CloudSignIn';
import { healthOf } from '../components/DirectoryHealth';
import { EnrolmentSteps, enrolCommand } from '../components/EnrolmentSteps';
import { MessageTable } from '../components/MessageTable';
import { PasswordTable } from '../components/PasswordTable';
import { RunTable } from '../components/RunTable';
import { SentTable } from '../components/SentOperations';
import { Findings, Guards, NeededPermissions, Tiles } from '../components/WhatIfSummary';
import { ChangeLine, OperationDetail } from '../components/operations';
import { InitialPassword, become, kindOf, usual } from '../components/profile/InitialPassword';
import { ResultTable } from '../components/profile/Results';
import { DirectorySettingsForm } from '../forms/DirectorySettingsForm';
import { DirectoryTable } from '../pages/Directories';
import { Report } from '../pages/Object';
import { ObjectTable } from '../pages/Objects';
import { ProfileTable } from '../pages/Profiles';
import { UsageReport } from '../pages/Usage';
import { ProblemBar } from '../ui/ProblemBar';
import * as recorded from './recorded';
import { TENANT, show } from './show';

test('the checklist ticks what is done and leads to what is open', async () => {
  await show(<Checklist tenant={TENANT} steps={recorded.checklist.steps} />);

  const [first, second] = screen.getAllByRole('listitem');
  expect(within(first as HTMLElement).getByRole('img', { name: 'Done' })).toBeTruthy();
  expect(within(second as HTMLElement).getByRole('img', { name: 'Open' })).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Enrol an agent for each' }).getAttribute('href')).toBe('/t/ten_1/directories');
});

test('an open step leads to where it is done, a done one to what came of it', async () => {
  const step = { id: 'directory', title: 'Connect a directory', done: false, evidence: '0 connected' };
  await show(<Checklist tenant={TENANT} steps={[step, { ...step, title: 'Connected', done: true }]} />);

  expect(screen.getByRole('link', { name: 'Connect a directory' }).getAttribute('href')).toBe('/t/ten_1/directories/connect');
  expect(screen.getByRole('link', { name: 'Connected' }).getAttribute('href')).toBe('/t/ten_1/directories');
});

test('a directory says what it needs next', () => {
  const health = (agents: Partial<typeof recorded.directory.agents>, baseline = true) =>
    healthOf({ ...recorded.directory, baseline, agents: { ...recorded.directory.agents, ...agents } }).text;

  expect(health({ confirmed: 0, connected: 0 })).toBe('Needs an agent');
  expect(health({ connected: 0 })).toBe('Agent offline');
  expect(health({ credential: 'missing' })).toBe('Needs a credential');
  expect(health({}, false)).toBe('Needs a full import');
  expect(health({})).toBe('Connected');
  expect(healthOf({ ...recorded.directory, kind: 'hr-file' }).text).toBe('Needs a file format');
});

test('a next key that is refused says why', async () => {
  const certificate = { pem: '-----BEGIN', thumbprint: 'AB', expires_at: '2027-11-22T00:00:00Z' };
  const signIn = { label: 'Cloud', simulated: false, permissions: [], consent_url: 'https://login.example/', ready: true, certificate };
  const { unmount } = await show(<CloudSignIn directory={recorded.directory} signIn={signIn} />);
  expect(screen.queryByRole('alert')).toBeNull();
  unmount();

  const refused = { code: 'graph.signin_certificate_refused', message: 'It is not known.', next_step: 'Upload the certificate.' };
  const next = { ...signIn, next_certificate: { ...certificate, thumbprint: 'CD' }, next_fault: refused };
  await show(<CloudSignIn directory={recorded.directory} signIn={next} />);
  expect(screen.getByText(/Its thumbprint there is CD/)).toBeTruthy();
  expect(within(screen.getByRole('alert')).getByText('Upload the certificate.')).toBeTruthy();
});

test('a cycle of Entra Connect can be chosen only while an agent offers it', async () => {
  const option = () => screen.getByRole('option', { name: "Start Entra Connect's delta cycle" });
  const { unmount } = await show(<DirectorySettingsForm directory={recorded.directory} />);
  expect(option()).toHaveProperty('disabled', true);
  expect(screen.getByText(/No connected agent offers it/)).toBeTruthy();
  unmount();

  const agents = { ...recorded.directory.agents, entra_connect: true };
  await show(<DirectorySettingsForm directory={{ ...recorded.directory, agents }} />);
  expect(option()).toHaveProperty('disabled', false);
});

test('a confirmed agent that is not connected is shown as offline', () => {
  expect(agentState({ ...recorded.agent, state: 'confirmed' }).text).toBe('Offline');
});

test('the one-time key goes to the agent by standard input, never as an argument', async () => {
  const enrolment = { agent: 'agt_1', key: 'sle_one_time', expires_at: '2026-03-01T10:00:00Z' };

  await show(<EnrolmentSteps directory={recorded.directory} enrolment={enrolment} onDone={() => undefined} />);

  expect(screen.getByLabelText('Enrol command').textContent).toBe(enrolCommand(window.location.origin, 'sle_one_time'));
  expect(enrolCommand('https://s', 'sle_one_time').split('\n')[0]).not.toContain('sle_one_time');
});

test.each([
  [undefined, 'add'],
  ['add', undefined],
])('with the filter %s a press of the tile of additions leads to %s', async (before, after) => {
  const onKind = vi.fn();
  await show(<Tiles counts={recorded.whatIf.counts} kind={before} onKind={onKind} />);

  await userEvent.click(screen.getByRole('button', { name: /Add 2,040/ }));

  expect(onKind.mock.calls).toEqual([[after]]);
});

test('a sent operation says what allowed it and how it ended', async () => {
  const sent = { ...recorded.operation(5), sent_at: '2026-03-01T10:00:00Z', released_by: 'guard', approval: 'apr_7' };

  await show(<SentTable tenant={TENANT} operations={[{ ...sent, outcome: 'acknowledged' }, { ...sent, hash: 'f'.repeat(64) }]} />);

  const [, first, second] = screen.getAllByRole('row');
  expect(within(first as HTMLElement).getByRole('link', { name: 'Approved list' }).getAttribute('href')).toBe('/t/ten_1/approvals/apr_7');
  expect(first?.textContent).toContain('Acknowledged');
  expect(second?.textContent).toContain('Being looked up');
});

test('an operation shows every attribute before and after with the rule that decides', async () => {
  await show(<OperationDetail operation={recorded.operation(5)} />);

  const rows = within(screen.getByRole('table', { name: 'Before and after' })).getAllByRole('row');
  expect(rows[1]?.textContent).toBe('titletitleDeckhandHead of Tides');
  expect(rows[2]?.textContent).toBe('member− Bo+ Ada');
});

test('a deleted user of a directory tenant goes to the recycle bin, a group and a person on the premises do not', async () => {
  const told = async (change: Partial<ReturnType<typeof recorded.operation>>) => {
    const operation = { ...recorded.operation(5), kind: 'delete', attributes: [], directory: 'dir_9', dn_before: undefined, ...change };
    const { unmount, container } = await show(
      <>
        <ChangeLine operation={operation} />
        <OperationDetail operation={operation} />
      </>,
      [recorded.directory, { ...recorded.directory, id: 'dir_9', name: 'Cloud', kind: 'entra-id' }],
    );
    const times = container.textContent.split('recycle bin for 30 days').length - 1;
    unmount();
    return times;
  };

  expect(await told({})).toBe(2);
  expect(await told({ type: 'group' })).toBe(0);
  expect(await told({ kind: 'update' })).toBe(0);
  expect(await told({ directory: 'dir_1' })).toBe(0);
});

test('a what-if shows which permissions its profile needs and which are missing', async () => {
  const { container } = await show(<NeededPermissions permissions={recorded.whatIf.permissions} />);

  const rows = within(screen.getByRole('table', { name: 'Permissions' })).getAllByRole('row');
  expect(rows.map((row) => row.textContent)).toEqual([
    'PermissionStateNeeded for',
    expect.stringMatching(/^User\.Read\.All.*Granted.*reads users$/),
    expect.stringMatching(/^User\.DeleteRestore\.All.*Missing.*deletes users$/),
  ]);
  expect(container.querySelector('details')?.open).toBe(true);
  expect(container.querySelector('summary')?.textContent).toContain('1 of 2 missing');
});

test('an object of a directory without names is shown by its id', async () => {
  const flat = { ...recorded.object, dn: undefined };
  const headers = async (objects: (typeof recorded.object)[]) => {
    const { unmount } = await show(<ObjectTable tenant={TENANT} objects={objects} />);
    const found = screen.getAllByRole('columnheader').map((header) => header.textContent);
    const shown = screen.queryAllByText(recorded.object.anchor as string).length;
    unmount();
    return [found[3], shown];
  };

  expect(await headers([recorded.object])).toEqual(['Distinguished name', 0]);
  expect(await headers([flat])).toEqual(['Id', 1]);
  expect(await headers([recorded.object, { ...flat, id: 'obj_2' }])).toEqual(['Distinguished name or id', 1]);

  await show(<Report report={{ ...recorded.objectReport, dn: undefined }} />);
  expect(screen.queryByText('Distinguished name')).toBeNull();
  expect(screen.getByText(recorded.object.anchor as string)).toBeTruthy();
});

test('a refusal says what happened, what to do and which field', async () => {
  await show(<ProblemBar error={new ApiProblem(recorded.refusal)} />);

  const text = screen.getByRole('alert').textContent;
  for (const part of ['The profile has errors.', 'Correct the fields and save again.', 'profile.invalid', '/name']) {
    expect(text).toContain(part);
  }
});

test('every list and report is free of accessibility violations', async () => {
  const { container } = await show(
    <>
      <h1>All</h1>
      <DirectoryTable tenant={TENANT} directories={[recorded.directory]} />
      <AgentTable agents={[recorded.agent]} onRevoke={() => undefined} />
      <ProfileTable tenant={TENANT} profiles={[recorded.profile]} />
      <Guards guards={recorded.whatIf.guards} />
      <Findings findings={recorded.whatIf.findings} />
      <RunTable tenant={TENANT} runs={[recorded.run]} />
      <MessageTable tenant={TENANT} messages={[recorded.message]} />
      <ResultTable tenant={TENANT} preview={recorded.previewed} />
      <UsageReport usage={recorded.usage} />
    </>,
  );

  // Layout and colours are looked at in a real browser.
  const result = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, 'heading-order': { enabled: false } } });

  expect(result.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`)).toEqual([]);
});

test('an account is chosen for its hand-over by name, and who may only look chooses nothing', async () => {
  const onPick = vi.fn();
  const rows = [recorded.handover, { ...recorded.handover, object: 'obj_2', name: 'Bob', state: 'expired' as const }];
  const { unmount } = await show(<PasswordTable tenant={TENANT} rows={rows} picked={['obj_2']} onPick={onPick} />);

  await userEvent.click(screen.getByRole('checkbox', { name: 'Choose Ada Byron' }));
  await userEvent.click(screen.getByRole('checkbox', { name: 'Choose Bob' }));

  expect(onPick.mock.calls).toEqual([[['obj_2', 'obj_1']], [[]]]);
  const [, first, second] = screen.getAllByRole('row');
  expect(first?.textContent).toContain('Service desk');
  expect(first?.textContent).toContain(recorded.handover.fingerprint);
  expect(second?.textContent).toContain('Not collected in time');
  unmount();
  await show(<PasswordTable tenant={TENANT} rows={rows} picked={[]} />);
  expect(screen.getByRole('checkbox', { name: 'Choose Bob' })).toHaveProperty('disabled', true);
});

test('a kind of initial password keeps what was written of the other', () => {
  const policy = { ...usual(), length: 32 };

  expect([undefined, policy, { ...policy, disabled_until_handed_over: true }].map(kindOf)).toEqual([
    'none',
    'random',
    'disabled-until-handed-over',
  ]);
  expect(become('disabled-until-handed-over', policy)).toEqual({ ...policy, disabled_until_handed_over: true });
  expect(become('random', undefined)?.length).toBe(20);
  expect(become('none', policy)).toBeUndefined();
});

test('an initial password is written into its part, and a finding stands at its field', async () => {
  const onChange = vi.fn();
  const [outbound] = recorded.document.outbound ?? [];
  if (!outbound) throw new Error('the recorded profile writes');
  const part = { ...outbound, initial_password: { ...usual(), recipient: { name: '', key: 'age1desk' } } };
  const at = '/outbound/0/initial_password';
  const found = { at: `${at}/recipient/key`, severity: 'error' as const, code: 'PF0027', message: 'The key cannot be used.' };
  await show(<InitialPassword part={part} pointer={at} diagnostics={[found]} onChange={onChange} />);

  await userEvent.type(screen.getByRole('textbox', { name: 'Recipient' }), 'D');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Of accounts it creates' }), 'none');

  expect(screen.getByText('The key cannot be used.')).toBeTruthy();
  expect(onChange.mock.calls[0]?.[0].initial_password.recipient).toEqual({ name: 'D', key: 'age1desk' });
  expect(onChange.mock.calls[1]?.[0]).not.toHaveProperty('initial_password');
});
