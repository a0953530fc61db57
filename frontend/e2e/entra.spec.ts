// A directory tenant of Entra ID by clicks: certificate, permissions, profile, what-if with its forecast, export.
// The tenant is simulated, and every screen that shows it says so.
import type { Page } from '@playwright/test';

import { accessible, expect, picture, portal, section, signIn, simulated, test, world } from './world';

const NAME = 'Contoso in Entra';

const permissions = (page: Page) => page.getByRole('table', { name: 'Permissions' }).locator('td:first-child').allInnerTexts();

async function open(page: Page) {
  await section(page, 'Directories');
  await page.getByRole('link', { name: NAME, exact: true }).click();
  await expect(page.getByRole('heading', { name: NAME, level: 1 })).toBeVisible();
}

async function check(page: Page) {
  const button = page.getByRole('button', { name: /^Check/ });
  await button.click();
  await expect(button).toHaveText('Check now');
}

test('an administrator connects a directory tenant, reads what it would cost and fills it', async ({ page }) => {
  await test.step('connect it: the certificate is shown, and nobody knows it yet', async () => {
    await signIn(page);
    await section(page, 'Directories');
    await page.getByRole('link', { name: 'Connect a directory' }).click();
    await page.getByRole('textbox', { name: /^Name/ }).fill(NAME);
    await page.getByLabel('Kind').selectOption({ label: 'Microsoft Entra ID' });
    await page.getByLabel('Cloud').selectOption({ label: 'simulated Entra tenant' });
    await page.getByLabel(/^Directory \(tenant\) ID/).fill(world.entra().tenant);
    await page.getByLabel(/^Application \(client\) ID/).fill(world.entra().client);
    await simulated(page);
    await picture(page, 'entra-1-connect');
    await page.getByRole('button', { name: 'Connect' }).click();

    await expect(page.getByRole('heading', { name: NAME, level: 1 })).toBeVisible();
    await expect(page.getByText('never checked')).toBeVisible();
    await check(page);
    await expect(page.getByRole('alert')).toContainText('certificate');
    await simulated(page);
    await picture(page, 'entra-2-certificate');
  });

  await test.step('upload the certificate and consent: what is missing is named with its reason', async () => {
    await portal.upload(await page.getByLabel('Certificate', { exact: true }).innerText());
    const needed = await permissions(page);
    expect(needed.length).toBeGreaterThan(1);
    await portal.grant(needed.slice(1));
    await check(page);
    const first = page.getByRole('row').filter({ has: page.getByRole('cell', { name: needed[0], exact: true }) });
    await expect(first).toContainText('Missing');
    await expect(first.getByRole('listitem').first()).not.toBeEmpty();
    await expect(page.locator('header').getByText('Lacks permissions')).toBeVisible();
    await simulated(page);
    await picture(page, 'entra-3-permissions');

    await portal.grant(needed);
    await check(page);
    await expect(page.getByRole('table', { name: 'Permissions' })).not.toContainText('Missing');
    await expect(page.getByRole('button', { name: 'Full import' })).toBeEnabled();
  });

  await test.step('a profile that writes it needs more', async () => {
    await section(page, 'Profiles');
    await page.getByRole('link', { name: 'Create a profile' }).click();
    await page.getByRole('textbox', { name: /^Name/ }).fill('Contoso to Entra');
    await page.getByLabel('Source directory').selectOption({ label: 'Contoso' });
    await page.getByLabel('Target directory').selectOption({ label: `${NAME} (simulated Entra tenant)` });
    await expect(page.getByLabel('Container for new objects')).toHaveCount(0);
    await expect(page.getByRole('checkbox', { name: 'Contacts' })).toHaveCount(0);
    await page.getByLabel('Match people by').fill('employeeID');
    await page.getByLabel(/^User principal name suffix/).fill(world.entra().domain);
    await simulated(page);
    await picture(page, 'entra-4-new-profile');
    await page.getByRole('button', { name: 'Create profile' }).click();
    await expect(page.getByRole('heading', { name: 'Contoso to Entra', level: 1 })).toBeVisible();
    await expect(page.getByText('Needs review')).toBeVisible();
    await page.getByRole('navigation', { name: 'Parts' }).getByRole('button', { name: /^To .*: user$/ }).click();
    await simulated(page);
    await picture(page, 'entra-5-profile');

    await open(page);
    await expect(page.getByRole('table', { name: 'Permissions' })).toContainText('ReadWrite');
    const needed = await permissions(page);
    await portal.grant(needed);
    await check(page);
    await expect(page.getByRole('table', { name: 'Permissions' })).not.toContainText('Missing');
    await page.getByRole('button', { name: 'Full import' }).click();
    await expect(page.locator('header').getByText('Connected')).toBeVisible({ timeout: 120_000 });
    await simulated(page);
    await picture(page, 'entra-6-connected');
  });

  await test.step('read the what-if and how long its export takes', async () => {
    await section(page, 'Profiles');
    await page.getByRole('link', { name: 'Contoso to Entra' }).click();
    await page.getByRole('button', { name: 'Synchronise now' }).click();
    const sync = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Sync', exact: true }) });
    await expect(sync).toContainText('Success', { timeout: 120_000 });
    await simulated(page);
    await section(page, 'Profiles');
    await page.getByRole('link', { name: 'Contoso to Entra' }).click();
    await page.getByRole('button', { name: 'Compute a what-if' }).click();
    await expect(page.getByRole('button', { name: /^Approve .* changes?$/ })).toBeVisible({ timeout: 120_000 });
    await expect(page.getByRole('list', { name: 'Forecast' })).toContainText(/The export to .*simulated Entra tenant.* takes about/);
    await expect(page.getByText(/^Permissions in .*simulated Entra tenant/)).toBeVisible();
    const grid = page.getByRole('grid', { name: 'Operations' });
    await grid.getByRole('row', { name: /user/ }).first().click();
    const changes = page.getByRole('table', { name: 'Before and after' });
    await expect(changes).toContainText(`@${world.entra().domain}`);
    await simulated(page);
    await picture(page, 'entra-7-what-if');
  });

  await test.step('approve, export, and look at what was sent', async () => {
    await page.getByRole('button', { name: /^Approve .* changes?$/ }).click();
    await simulated(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    const runs = page.getByRole('table', { name: 'Runs' });
    await expect(runs.getByRole('link', { name: 'Confirming import' }).first()).toBeVisible({ timeout: 180_000 });
    const sent = runs.getByRole('row').filter({ hasText: 'acknowledged' });
    await simulated(page);
    await sent.first().getByRole('link', { name: 'Export', exact: true }).click();
    await expect(page.getByRole('table', { name: 'Sent operations' }).getByRole('row').nth(1)).toContainText('Acknowledged');
    await simulated(page);
    await picture(page, 'entra-8-export');
  });

  await test.step('look at a user as the directory tenant holds it', async () => {
    await open(page);
    const users = page.getByRole('table', { name: 'Objects by type' }).getByRole('link', { name: 'user' });
    await expect(users).toBeVisible({ timeout: 120_000 });
    await users.click();
    const objects = page.getByRole('table', { name: 'Objects' });
    await expect(objects.getByRole('row').nth(1)).toContainText('simulated Entra tenant');
    await simulated(page);
    await picture(page, 'entra-9-objects');
    await objects.getByRole('link').first().click();
    await expect(page.getByRole('table', { name: 'Attributes as imported' })).toContainText('userPrincipalName');
    await expect(page.getByRole('table', { name: 'Metaverse attributes' })).toBeVisible();
    await simulated(page);
    await picture(page, 'entra-10-object');
    await section(page, 'Home');
    await accessible(page);
  });
});
