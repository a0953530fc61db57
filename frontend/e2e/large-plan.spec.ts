// A plan of thousands of changes: it opens at once, scrolls to its end, and tells of each change
// what was and what will be.
import type { Locator } from '@playwright/test';

import { accessible, expect, signIn, test, world } from './world';

/** Scrolls a grid from its first row to its last; answers the text of every row, by its index. */
const readAll = (grid: Locator) =>
  grid.evaluate(async (element) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const read: Record<string, string> = {};
    const look = () => {
      for (const row of element.querySelectorAll('[aria-rowindex]')) read[row.getAttribute('aria-rowindex') ?? ''] = row.textContent;
    };
    for (element.scrollTop = 0; ; element.scrollTop += element.clientHeight) {
      const before = element.scrollTop;
      await frame();
      await frame();
      look();
      if (before + element.clientHeight >= element.scrollHeight - 1) return Object.values(read);
    }
  });

test('an administrator reads a plan of thousands of changes', async ({ page }) => {
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();
  const grid = page.getByRole('grid', { name: 'Operations' });
  const operations = world.operations();

  await test.step('it opens', async () => {
    const since = Date.now();
    await page.goto(world.plan());
    await expect(grid.locator('[aria-rowindex="2"]')).not.toContainText('…');
    console.log(`first rows of ${operations} after ${Date.now() - since} ms`);
    await expect(grid).toHaveAttribute('aria-rowcount', String(operations + 1));
    await expect(page.getByRole('button', { name: `Approve ${operations.toLocaleString('en-US')} changes` })).toBeVisible();
  });

  await test.step('it scrolls to its end', async () => {
    const since = Date.now();
    await grid.evaluate((element) => (element.scrollTop = element.scrollHeight));
    await expect(grid.locator(`[aria-rowindex="${operations + 1}"]`)).not.toContainText('…');
    console.log(`its last row after ${Date.now() - since} ms`);
    const rows = await readAll(grid);
    // The heading is a row too.
    expect(rows).toHaveLength(operations + 1);
    expect(rows.filter((row) => row.includes('………'))).toEqual([]);
  });

  await test.step('an update tells before and after', async () => {
    await page.getByRole('group', { name: 'Operations by kind' }).getByRole('button', { name: /Update/ }).click();
    await page.getByRole('searchbox', { name: 'Attribute' }).fill('title');
    await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount'))).toBeLessThan(1000);
    // People who were in the target before the merger keep an old title there.
    await grid.getByRole('row', { name: /^~? ?Update / }).first().click();
    const changes = page.getByRole('table', { name: 'Before and after' });
    await expect(changes.locator('del').first()).toBeVisible();
    await expect(changes.locator('ins').first()).toBeVisible();
    await accessible(page);
    const path = world.image();
    if (path) await page.screenshot({ path });
  });
});
