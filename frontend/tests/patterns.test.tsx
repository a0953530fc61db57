import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { expect, test, vi } from 'vitest';

import { Patterns } from '../components/Patterns';
import { MarkedLine } from '../components/operations';
import * as recorded from './recorded';
import { show } from './show';

const [deleted, changed] = recorded.patterns.patterns;

test.each([
  [undefined, changed?.id],
  [changed?.id, undefined],
])('with the pattern %s chosen a press of the second sentence leads to %s', async (before, after) => {
  const onSearch = vi.fn();
  await show(<Patterns known={recorded.patterns} search={{ pattern: before }} onSearch={onSearch} />);

  await userEvent.click(screen.getByRole('button', { name: /1,990 users change: mail goes from/ }));

  expect(onSearch.mock.calls).toEqual([[{ pattern: after }]]);
});

test('a sentence says what is lost, what is new since the approval, and names samples', async () => {
  const { container } = await show(<Patterns known={recorded.patterns} search={{}} onSearch={() => undefined} />);

  const [first, second] = within(screen.getByRole('list', { name: 'Patterns' }))
    .getAllByRole('listitem')
    .filter((item) => within(item).queryByRole('button'));
  expect(first?.textContent).toContain('New pattern');
  expect(first?.textContent).toContain('Cy Ruiz');
  expect(second?.textContent).toContain('Values go');
  expect(second?.textContent).not.toContain('new');
  const since = screen.getByRole('group', { name: 'Since the last approval' });
  expect(since.textContent).toContain('1,990 operations, 4 sent');
  expect(since.textContent).toContain('3 new, 1 gone');
  expect(since.textContent).toContain('1 of: 40 users are created.');
  const result = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  expect(result.violations.map((violation) => violation.id)).toEqual([]);
});

test('only what is new leaves the sentences that hold something new', async () => {
  const onSearch = vi.fn();
  await show(<Patterns known={recorded.patterns} search={{ new: true }} onSearch={onSearch} />);

  expect(screen.queryByText(/1,990 users change/)).toBeNull();
  expect(screen.getByText(deleted?.sentence ?? '')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Only what is new' }));
  expect(onSearch.mock.calls).toEqual([[{ new: undefined }]]);
});

test('a what-if of an earlier release says that it has no patterns', async () => {
  await show(<Patterns known={{ known: false, patterns: [] }} search={{}} onSearch={() => undefined} />);

  expect(screen.getByText(/Compute a new one/)).toBeTruthy();
});

test('an operation that the approved plan does not have is marked', async () => {
  const { container } = await show(<MarkedLine operation={{ ...recorded.operation(5), new_since_approval: true }} />);

  expect(container.textContent).toMatch(/^New title: Deckhand/);
});
