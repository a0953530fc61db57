import { expect, test } from 'vitest';

import { ROW_PX, scrollTo, windowOf } from '../ui/window';

test('only rows in sight and a few around them are drawn', () => {
  const seen = windowOf(2000, 100 * ROW_PX, 480);

  expect(seen.height).toBe(2000 * ROW_PX);
  expect(seen.first).toBe(88);
  expect(seen.last).toBe(127);
});

test('the last of two million rows is reached although the element stays below what browsers can hold', () => {
  const rows = 2_000_000;
  const { height } = windowOf(rows, 0, 480);

  const bottom = windowOf(rows, height - 480, 480);

  expect(height).toBeLessThanOrEqual(6_000_000);
  expect(bottom.last).toBe(rows);
});

test('a row below the window is scrolled in by no more than needed, one in sight not at all', () => {
  expect(scrollTo(20, 2000, 0, 480)).toBe(21 * ROW_PX - 480);
  expect(scrollTo(3, 2000, 0, 480)).toBe(0);
});
