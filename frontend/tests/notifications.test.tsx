import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { expect, test } from 'vitest';

import { keys } from '../api/keys';
import { NotificationsForm } from '../forms/NotificationsForm';
import { Waiting } from '../pages/Notifications';
import { time } from '../util/format';
import { printHours, readHours } from '../util/quiet-hours';
import * as recorded from './recorded';
import { show } from './show';

test('quiet hours are read as they are written', () => {
  const text = '22:00-07:00\nsaturday sunday 00:00-00:00';

  const read = readHours(text);

  expect(read).toEqual({
    hours: [
      { days: [], from: '22:00', to: '07:00' },
      { days: ['saturday', 'sunday'], from: '00:00', to: '00:00' },
    ],
  });
  expect('hours' in read && printHours(read.hours)).toBe(text);
  expect(readHours('Saturday, Sunday 08:00 – 09:00\n')).toEqual({ hours: [{ days: ['saturday', 'sunday'], from: '08:00', to: '09:00' }] });
  expect(readHours('22:00-07:00\nat night')).toEqual({ wrong: 'at night' });
});

test('what is no span is said and is not saved', async () => {
  await show(<NotificationsForm notifications={recorded.notifications} />, undefined, [[keys.me, recorded.me]]);

  const save = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Save notifications' });
  expect(save().disabled).toBe(false);
  const hours = screen.getByLabelText(/Quiet hours/);
  await userEvent.clear(hours);
  await userEvent.type(hours, 'whenever');

  expect(screen.getByText('“whenever” is no span')).toBeTruthy();
  expect(save().disabled).toBe(true);
});

test('what was not taken is shown with the next try', async () => {
  const { container } = await show(<Waiting shown={recorded.notifications} />);

  const pending = recorded.notifications.pending[0];
  expect(screen.getByText(`2 to be told at ${time(recorded.notifications.waiting_until)}.`)).toBeTruthy();
  expect(screen.getByText(pending?.problem ?? '')).toBeTruthy();
  expect(screen.getByText(time(pending?.next_try_at))).toBeTruthy();
  const result = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, 'heading-order': { enabled: false } } });
  expect(result.violations.map((violation) => violation.id)).toEqual([]);
});
