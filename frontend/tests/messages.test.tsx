import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';

import type { Message } from '../api/types';
import { MessageLog } from '../components/MessageLog';
import { MessageDetail, nextTry } from '../components/messages';
import { time } from '../util/format';
import * as recorded from './recorded';
import { TENANT, show } from './show';

const both = [recorded.message, recorded.directoryMessage];

/** What the list's query says once its only page is there. */
const read = { data: { pages: [{ items: both }], pageParams: [] }, hasNextPage: false, isPending: false } as unknown as UseInfiniteQueryResult<{
  pages: { items: Message[] }[];
  pageParams: unknown[];
}>;

function Log({ onCode = () => undefined, code }: { onCode?: (code: string | undefined) => void; code?: string }) {
  const [open, setOpen] = useState<Message>();
  return <MessageLog query={read} counts={recorded.messageCounts} code={code} onCode={onCode} open={open} onOpen={setOpen} />;
}

test('a message says what happened, how often, what to do, and leads to all it is about', async () => {
  await show(<MessageDetail message={recorded.message} />);

  expect(screen.getByRole('heading', { name: 'Ada Byron' })).toBeTruthy();
  expect(screen.getByText(/the name is taken/)).toBeTruthy();
  expect(screen.getByText(recorded.message.to_do ?? '')).toBeTruthy();
  const facts = screen.getAllByRole('definition').map((fact) => fact.textContent);
  expect(facts).toContain('3');
  expect(facts).toContain('cn');
  expect(facts).toContain(time(recorded.message.next_try_at));
  const target = (name: string) => screen.getByRole('link', { name }).getAttribute('href');
  expect(target('Ada Byron')).toBe(`/t/${TENANT}/objects/obj_1`);
  expect(target(recorded.directory.name)).toBe(`/t/${TENANT}/directories/dir_1`);
  expect(target('The one that said it last')).toBe(`/t/${TENANT}/runs/run_1`);
  expect(target('Open it in the profile')).toContain('at=%2Foutbound%2F0%2Fflows%2F1');
  expect(target('obj_7')).toBe(`/t/${TENANT}/objects/obj_7`);
  expect(target('All messages of this object')).toBe(`/t/${TENANT}/messages?object=obj_1&closed=true`);
});

test('what is not about an object is about its directory, and says when it was over', async () => {
  await show(<MessageDetail message={recorded.directoryMessage} />);

  expect(screen.getByRole('heading', { name: recorded.directory.name })).toBeTruthy();
  expect(screen.getByText('672')).toBeTruthy();
  expect(screen.getByText(`It ended ${time(recorded.directoryMessage.ended_at)}`)).toBeTruthy();
  expect(screen.queryByRole('link', { name: /All messages/ })).toBeNull();
});

test('what waits for a person or a change promises no time', () => {
  const waiting = { ...recorded.message, next_try_at: undefined };

  expect(nextTry({ ...waiting, class: 'guard' })).toBe('When somebody approves it');
  expect(nextTry({ ...waiting, class: 'config' })).toBe('When something changes');
});

test('the log is walked by keys, and the message under them is told beside it', async () => {
  await show(<Log />);
  const grid = screen.getByRole('grid', { name: 'Messages' });
  const detail = screen.getByRole('region', { name: 'Message' });
  expect(within(detail).getByText('Choose a message to see what to do about it.')).toBeTruthy();

  grid.focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');

  expect(document.activeElement).toBe(grid);
  expect(within(detail).getByText('connect.unreachable')).toBeTruthy();
  await userEvent.keyboard('{Home}');
  expect(within(detail).getByText('cd-existing-object')).toBeTruthy();
  expect(screen.getByRole('status').textContent).toBe('2 messages');
});

test('a code leads to its messages, and once more to all of them', async () => {
  const onCode = vi.fn();
  const { unmount } = await show(<Log onCode={onCode} />);

  await userEvent.click(screen.getByRole('button', { name: /connect\.unreachable/ }));
  unmount();
  await show(<Log onCode={onCode} code="connect.unreachable" />);
  const chosen = screen.getByRole('button', { name: /connect\.unreachable/ });
  expect(chosen.getAttribute('aria-pressed')).toBe('true');
  await userEvent.click(chosen);

  expect(onCode.mock.calls).toEqual([['connect.unreachable'], [undefined]]);
});

test('the log is free of accessibility violations', async () => {
  const { container } = await show(
    <>
      <h1>Messages</h1>
      <Log />
      <MessageDetail message={recorded.message} />
    </>,
  );

  const result = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, 'heading-order': { enabled: false } } });

  expect(result.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`)).toEqual([]);
});
