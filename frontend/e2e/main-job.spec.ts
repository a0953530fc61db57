// The main job by clicks: sign up, connect, profile, what-if, approve, export, look at the result.
import type { Page } from '@playwright/test';

import { accessible, expect, retype, section, signIn, test, type Side, world } from './world';

async function connect(page: Page, name: string, side: Side) {
  await section(page, 'Directories');
  await page.getByRole('link', { name: 'Connect a directory' }).click();
  await page.getByRole('textbox', { name: /^Name/ }).fill(name);
  await page.getByRole('button', { name: 'Connect' }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();

  await page.getByLabel('Containers').fill(world.containers(side));
  await page.getByRole('button', { name: 'Save settings' }).click();
  await expect(page.getByRole('button', { name: 'Save settings' })).toBeEnabled();

  await page.getByRole('button', { name: 'Add an agent' }).click();
  const key = (await page.getByLabel('One-time key', { exact: true }).innerText()).trim();
  await accessible(page);
  const fingerprint = world.enrol(side, key);
  await page.getByLabel('Fingerprint that the host printed').fill(fingerprint);
  await page.getByRole('button', { name: 'Confirm', exact: true }).click();

  const full = page.getByRole('button', { name: 'Full import' });
  await expect(full).toBeEnabled();
  await full.click();
  await expect(page.getByRole('table', { name: 'Objects by type' }).getByRole('link', { name: 'user' })).toBeVisible({ timeout: 120_000 });
  await expect(page.locator('header').getByText(/Connected$/).first()).toBeVisible({ timeout: 120_000 });
}

test('an administrator signs up, connects two directories and exports what was approved', async ({ page }) => {
  await test.step('sign up', async () => {
    await signIn(page);
    await expect(page.getByRole('heading', { name: 'Create your tenant' })).toBeVisible();
    await accessible(page);
    await page.getByLabel('Organisation').fill('Contoso');
    await page.getByRole('button', { name: 'Create tenant' }).click();
    await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible({ timeout: 120_000 });
    await accessible(page);
  });

  await test.step('connect the source and the target', async () => {
    await connect(page, 'Contoso', 'source');
    await connect(page, 'Fabrikam', 'target');
  });

  await test.step('create a profile and change an expression', async () => {
    await section(page, 'Profiles');
    await page.getByRole('link', { name: 'Create a profile' }).click();
    await page.getByRole('textbox', { name: /^Name/ }).fill('Contoso to Fabrikam');
    await page.getByLabel('Source directory').selectOption({ label: 'Contoso' });
    await page.getByLabel('Target directory').selectOption({ label: 'Fabrikam' });
    await page.getByLabel('Container for new objects').fill(world.container());
    await page.getByRole('button', { name: 'Create profile' }).click();
    await expect(page.getByRole('heading', { name: 'Contoso to Fabrikam', level: 1 })).toBeVisible();
    await expect(page.getByText('Needs review')).toBeVisible();

    await page.getByRole('button', { name: 'Edit map to mail' }).click();
    const expression = page.getByRole('textbox', { name: 'Map expression' });
    await retype(expression, 'mial?.ToLower()');
    await expect(page.getByRole('list', { name: 'Diagnostics' }).first()).toContainText('mail');
    await expect(page.getByRole('button', { name: 'Save a version' })).toBeDisabled();
    await retype(expression, 'mail?.Trim().ToLower()');
    await expect(page.getByRole('table', { name: 'Results on real objects' }).getByRole('row').nth(1)).toBeVisible();
    // A button that becomes usable while it is looked at has neither its one colour nor its other.
    await expect(page.getByRole('button', { name: 'Save a version' })).toBeEnabled();
    await accessible(page);
    await page.getByRole('button', { name: 'Save a version' }).click();
    await expect(page.getByText('version 2', { exact: false }).first()).toBeVisible();
  });

  await test.step('read the what-if', async () => {
    await page.getByRole('button', { name: 'Synchronise now' }).click();
    const sync = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Sync', exact: true }) });
    await expect(sync).toContainText('Success', { timeout: 120_000 });
    await section(page, 'Profiles');
    await page.getByRole('link', { name: 'Contoso to Fabrikam' }).click();
    await page.getByRole('button', { name: 'Compute a what-if' }).click();
    const approve = page.getByRole('button', { name: /^Approve .* changes?$/ });
    await expect(approve).toBeVisible({ timeout: 120_000 });

    await page.getByRole('group', { name: 'Operations by kind' }).getByRole('button', { name: /^\+? ?Add/ }).click();
    const grid = page.getByRole('grid', { name: 'Operations' });
    await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(world.objects());
    // The heading is the first row.
    const added = grid.getByRole('row', { name: /^\+? ?Add / });
    await expect(added.first()).toBeVisible();
    await expect(grid.getByRole('row', { name: /Update/ })).toHaveCount(0);
    await added.first().click();
    await expect(page.getByRole('table', { name: 'Before and after' })).toBeVisible();
    await accessible(page);
  });

  await test.step('approve and export', async () => {
    await page.getByRole('button', { name: /^Approve .* changes?$/ }).click();
    await page.getByLabel('Note for the record').fill('Read and agreed.');
    await accessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    const runs = page.getByRole('table', { name: 'Runs' });
    await expect(runs.getByRole('link', { name: 'Confirming import' })).toBeVisible({ timeout: 180_000 });
    await accessible(page);
    // What the confirming import changed is followed by an export of its own, which sends nothing.
    const sent = runs.getByRole('row').filter({ hasText: 'acknowledged' });
    await sent.getByRole('link', { name: 'Export', exact: true }).click();
    await expect(page.getByRole('table', { name: 'Counts' })).toBeVisible();
    const operations = page.getByRole('table', { name: 'Sent operations' });
    await expect(operations.getByRole('row').nth(1)).toContainText('Approved plan');
    await expect(operations.getByRole('row').nth(1)).toContainText('Acknowledged');
    await accessible(page);
    await section(page, 'Profiles');
    await expect(page.getByRole('table', { name: 'Profiles' }).getByText('Live')).toBeVisible({ timeout: 120_000 });
  });

  await test.step('look at one object and at what it cost', async () => {
    await section(page, 'Objects');
    const objects = page.getByRole('table', { name: 'Objects' });
    await page.getByLabel('Type').selectOption('user');
    await expect(objects.getByRole('row', { name: /domainDNS|organizationalUnit/ })).toHaveCount(0);
    await objects.getByRole('link').first().click();
    await expect(page.getByRole('table', { name: 'Attributes as imported' })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Metaverse attributes' })).toBeVisible();
    await accessible(page);
    await section(page, 'Usage');
    await expect(page.getByRole('table', { name: 'Totals' }).getByRole('row').nth(1)).toBeVisible();
    await accessible(page);
  });
});
