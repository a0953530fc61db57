import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';

import { keys } from '../api/keys';
import { ScheduleTree } from '../components/schedule/ScheduleTree';
import { WhyNot } from '../components/schedule/Why';
import { barsOf, fromNow, trackText, windowOf, zoomed } from '../components/schedule/track';
import { filtered, rowsOf, shownOf, stateOf, titleOf } from '../components/schedule/tree';
import { ScheduleForm } from '../forms/ScheduleForm';
import * as recorded from './recorded';
import { TENANT, show } from './show';

const { scheduler } = recorded;
const jobs = new Map(scheduler.jobs.map((job) => [job.id, job]));
const [first, second] = scheduler.profiles;
if (!first || !second) throw new Error('two profiles were recorded');

/** Who looks at it may do everything. */
const me = { ...recorded.me, memberships: [{ tenant: TENANT, name: 'Contoso', rights: ['read', 'run', 'approve', 'configure'] }] };

function Tree({ onZoom = () => undefined }: { onZoom?: (zoom: string) => void }) {
  const [focus, setFocus] = useState<string>();
  return (
    <ScheduleTree
      scheduler={scheduler}
      zoom="6h"
      state={undefined}
      text={undefined}
      focus={focus}
      onFocus={setFocus}
      onZoom={onZoom}
      onEdit={() => undefined}
    />
  );
}

const shown = () => show(<Tree />, undefined, [[keys.me, me]]);

test('the tree follows from profiles and jobs, and a shared job stands once', () => {
  const rows = rowsOf(scheduler);

  expect(rows.map((row) => `${row.level} ${titleOf(row)}`)).toEqual([
    '1 Contoso to Fabrikam, Contoso to HR',
    '2 Contoso to Fabrikam',
    '3 Import Contoso',
    '3 Synchronise',
    '3 Export Fabrikam',
    '2 Contoso to HR',
    '3 Import Contoso',
    '3 Synchronise',
  ]);
  expect(rows.filter((row) => row.kind === 'job' && row.above).length).toBe(1);
  expect(shownOf(rows, new Set(['prf_1'])).length).toBe(5);
  expect(shownOf(rows, new Set(['group.prf_1'])).length).toBe(1);
});

test('a filter keeps what stands above and below what fits', () => {
  const rows = rowsOf(scheduler);

  expect(filtered(rows, jobs, undefined, 'fabrikam').map((row) => row.level)).toEqual([1, 2, 3, 3, 3]);
  expect(stateOf(first, jobs)).toBe('blocked');
  expect(filtered(rows, jobs, 'running', undefined)).toEqual([]);
});

test('bars are runs as they were and the next as it is expected, and are told in words', () => {
  const job = scheduler.jobs[0];
  if (!job) throw new Error('a job was recorded');

  const bars = barsOf(job, scheduler.now, windowOf(scheduler.now, '1h'));

  expect(bars.map((bar) => [bar.kind, bar.tone])).toEqual([
    ['past', 'good'],
    ['next', 'plain'],
  ]);
  const [past, next] = bars;
  expect(past && next && past.to < 2 / 3 && next.from > 2 / 3).toBe(true);
  expect(barsOf(job, '2026-04-01T00:00:00Z', windowOf('2026-04-01T00:00:00Z', '1h'))).toEqual([]);
  expect(trackText(job)).toContain('Last success, 40.0 s; next ');
  expect(trackText({ ...job, runs: [], next: null, usual: null })).toBe('Never ran; how long it takes is not known yet');
  expect(fromNow('2026-03-01T09:45:00Z', scheduler.now)).toBe('in 13 min');
  expect([zoomed('6h', -1), zoomed('week', 1)]).toEqual(['1h', 'week']);
});

test('keys walk the tree, close a branch and lead to the row above', async () => {
  await shown();
  const grid = screen.getByRole('treegrid', { name: 'Schedule' });
  const active = () => document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');

  grid.focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');
  expect(active()?.getAttribute('aria-level')).toBe('2');
  expect(active()?.getAttribute('aria-expanded')).toBe('true');

  await userEvent.keyboard('{ArrowLeft}');
  expect(active()?.getAttribute('aria-expanded')).toBe('false');
  expect(screen.getByRole('status').textContent).toBe('5 rows');
  await userEvent.keyboard('{ArrowRight}{ArrowRight}');
  expect(active()?.textContent).toContain('Import Contoso');
  expect(active()?.getAttribute('aria-expanded')).toBeNull();
  await userEvent.keyboard('{ArrowLeft}');
  expect(active()?.textContent).toContain('Contoso to Fabrikam');
});

test('the menu of a row comes by key as by pointer, and gives the focus back', async () => {
  await shown();
  const grid = screen.getByRole('treegrid', { name: 'Schedule' });
  grid.focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}.');

  const menu = screen.getByRole('menu', { name: 'Actions of Contoso to Fabrikam' });
  expect(document.activeElement?.textContent).toBe('Run now');
  await userEvent.keyboard('{ArrowDown}');
  expect(document.activeElement?.textContent).toBe('Run now, reading everything');
  expect(within(menu).getByRole('menuitem', { name: 'Skip the next start' })).toBeTruthy();
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('menu')).toBeNull();
  expect(document.activeElement).toBe(grid);

  await userEvent.pointer({ keys: '[MouseRight]', target: screen.getByText('Export Fabrikam') });
  expect(screen.getByRole('menu', { name: 'Actions of Export Fabrikam' })).toBeTruthy();
  await userEvent.keyboard('{Escape}');
  await userEvent.click(screen.getByRole('button', { name: 'Actions of Export Fabrikam' }));
  expect(screen.getByRole('menu', { name: 'Actions of Export Fabrikam' })).toBeTruthy();
});

test('what somebody may not do stays in the menu with the reason', async () => {
  const reader = { ...me, memberships: [{ tenant: TENANT, name: 'Contoso', rights: ['read'] }] };
  await show(<Tree />, undefined, [[keys.me, reader]]);
  screen.getByRole('treegrid', { name: 'Schedule' }).focus();

  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Shift>}{F10}{/Shift}');

  const run = screen.getByRole('menuitem', { name: 'Run now' });
  expect(run.getAttribute('aria-disabled')).toBe('true');
  expect(run.getAttribute('title')).toContain('may not');
});

test('numbers lead to the messages of the last run, in the same filter', async () => {
  await shown();

  const errors = screen.getByRole('link', { name: '3 errors of Import Contoso' });
  const all = screen.getByRole('link', { name: '14 warnings and errors of Import Contoso' });

  expect(errors.getAttribute('href')).toBe(`/t/${TENANT}/messages?run=run_1&severity=error`);
  expect(all.getAttribute('href')).toBe(`/t/${TENANT}/messages?run=run_1&severity=warning`);
});

test('the open row says why it does not run and where that is changed', async () => {
  await shown();
  screen.getByRole('treegrid', { name: 'Schedule' }).focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}');

  const row = screen.getByRole('region', { name: 'Row' });
  expect(within(row).getByRole('heading', { name: 'Export Fabrikam' })).toBeTruthy();
  expect(within(row).getByText('needs_review')).toBeTruthy();
  expect(within(row).getByRole('link', { name: 'Compute a what-if' }).getAttribute('href')).toBe(`/t/${TENANT}/profiles/prf_1`);
  expect(within(row).getByText(/40.0 s, nine of ten 55.0 s/)).toBeTruthy();
});

test('plus and minus change how much time is shown', async () => {
  const onZoom = vi.fn();
  await show(<Tree onZoom={onZoom} />, undefined, [[keys.me, me]]);
  screen.getByRole('treegrid', { name: 'Schedule' }).focus();

  await userEvent.keyboard('{ArrowDown}+-');

  expect(onZoom.mock.calls).toEqual([['1h'], ['day']]);
});

test('who runs is given no reason', async () => {
  await show(<WhyNot reasons={[]} running />);

  expect(screen.getByText('It runs.')).toBeTruthy();
});

test('a schedule is saved on the version that was read', async () => {
  const sent: Request[] = [];
  const fetched = vi.spyOn(window, 'fetch').mockImplementation((request) => {
    sent.push(request as Request);
    return Promise.resolve(new Response(JSON.stringify(first.schedule), { status: 200 }));
  });
  const onClose = vi.fn();
  await show(<ScheduleForm profile={first} timeZone="Europe/Berlin" onClose={onClose} />);

  await userEvent.selectOptions(screen.getByLabelText('Interval'), 'own');
  await userEvent.type(screen.getByLabelText('And at these times of day'), '06:00, 18:30');
  await userEvent.click(screen.getByLabelText('monday'));
  await userEvent.click(screen.getByRole('button', { name: 'Save the schedule' }));

  await waitFor(() => expect(onClose).toHaveBeenCalled());
  const saved = sent.find((request) => request.method === 'PATCH');
  expect(saved?.headers.get('If-Match')).toBe('"v2"');
  expect(await saved?.json()).toEqual({
    interval: 'PT30M',
    calendar: { at: ['06:00', '18:30'], days: ['monday'], between: null },
    next_policy: 'delta',
  });
  fetched.mockRestore();
});

test('the schedule is free of accessibility violations', async () => {
  const { container } = await show(
    <>
      <h1>Schedule</h1>
      <Tree />
    </>,
    undefined,
    [[keys.me, me]],
  );
  screen.getByRole('treegrid', { name: 'Schedule' }).focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}.');

  const result = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, 'heading-order': { enabled: false } } });

  expect(result.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`)).toEqual([]);
});
