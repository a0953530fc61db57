// A lookup table by clicks: made, used by a map, changed with its effect on the profile known before; and a case of that map.
// The profile of the main job is there, and is left as it was.
import type { Page } from '@playwright/test';

import { accessible, expect, picture, retype, section, signIn, test } from './world';

const PROFILE = 'Contoso to Fabrikam';
const TABLE = 'regions';
const EXPRESSION = 'Lookup("regions", "emea") ?? company';

// A table that is in use is not deleted.
test.use({ refused: 409 });

async function openMap(page: Page) {
  await section(page, 'Profiles');
  await page.getByRole('table', { name: 'Profiles' }).getByRole('link', { name: PROFILE, exact: true }).click();
  await expect(page.getByRole('heading', { name: PROFILE, level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'From Contoso: user' }).click();
  await page.getByRole('button', { name: 'Edit map to company' }).click();
}

async function openTable(page: Page) {
  await section(page, 'Tables & expressions');
  await page.getByRole('table', { name: 'Tables and named expressions' }).getByRole('link', { name: TABLE, exact: true }).click();
  await expect(page.getByRole('heading', { name: TABLE, level: 1, exact: true })).toBeVisible();
}

/** Saves the profile, and waits until nothing of it is unsaved. */
async function save(page: Page) {
  const unsaved = page.getByText('changed, not saved');
  await expect(unsaved).toBeVisible();
  const button = page.getByRole('button', { name: 'Save a version' });
  await expect(button).toBeEnabled();
  await button.click();
  await expect(unsaved).toHaveCount(0);
}

test('an administrator keeps a table, uses it in a map, and knows before what a change of it does', async ({ page }) => {
  let before = '';

  await test.step('make a table', async () => {
    await signIn(page);
    await section(page, 'Tables & expressions');
    await accessible(page);
    await page.getByRole('link', { name: 'New table' }).click();
    await expect(page.getByRole('heading', { name: 'New lookup table', level: 1 })).toBeVisible();
    await accessible(page);
    await page.getByRole('textbox', { name: /^Name/ }).fill(TABLE);
    await page.getByRole('button', { name: 'Add a row' }).click();
    await expect(page.getByLabel('Key of row 1', { exact: true })).toBeFocused();
    await page.keyboard.insertText('emea');
    await page.getByLabel('Value of row 1', { exact: true }).fill('Europe');

    await page.getByRole('button', { name: 'Import rows' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import rows' });
    await dialog.getByLabel('Keys and values').fill('emea\tEurope again\nlatam\tLatin America\n');
    await expect(dialog.getByRole('status')).toContainText('2 rows in place of 1');
    await dialog.getByLabel('Rows that are there').selectOption({ label: 'Keep them and append' });
    await expect(dialog.getByRole('status')).toContainText('2 rows after the 1 that is there');
    await accessible(page);
    await dialog.getByRole('button', { name: 'Append the rows' }).click();
    await expect(page.getByRole('heading', { name: '3 rows', level: 2 })).toBeVisible();

    // No key stands in two rows.
    await expect(page.getByLabel('Key of row 2', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    const button = page.getByRole('button', { name: 'Save', exact: true });
    await expect(button).toBeDisabled();
    await accessible(page);
    await page.getByLabel('Key of row 2', { exact: true }).fill('apac');
    await page.getByLabel('Value of row 2', { exact: true }).fill('Asia');
    await expect(button).toBeEnabled();
    await button.click();
    await expect(page.getByRole('heading', { name: TABLE, level: 1, exact: true })).toBeVisible();
    await expect(page.getByText('No profile uses it.')).toBeVisible();
    await accessible(page);
    await picture(page, 'resources-1-table');
  });

  await test.step('use it in a map', async () => {
    await openMap(page);
    before = /version (\d+)/.exec(await page.getByText(/version \d+/).first().innerText())?.[1] ?? '';
    await page.getByRole('region', { name: 'Expression' }).getByLabel('Form').selectOption({ label: 'Expression' });
    await retype(page.getByRole('textbox', { name: 'Map expression' }), EXPRESSION);
    await expect(page.getByRole('table', { name: 'Results on real objects' }).getByRole('row').nth(1)).toContainText('Europe');
    await save(page);
  });

  await test.step('change the table, knowing what that does', async () => {
    await openTable(page);
    await expect(page.getByRole('region', { name: 'Where it is used' }).getByRole('link', { name: PROFILE })).toBeVisible();
    await page.getByLabel('Value of row 1', { exact: true }).fill('Europe and Africa');
    const effect = page.getByRole('region', { name: 'What saving does' });
    await expect(effect).toContainText(`Used by 1 profile: ${PROFILE} will do something else and needs review.`);
    const button = page.getByRole('button', { name: 'Save a version' });
    await expect(button).toBeEnabled();
    await accessible(page);
    await picture(page, 'resources-2-effect');
    await button.click();
    const dialog = page.getByRole('dialog', { name: `Save ${TABLE}?` });
    await expect(dialog).toContainText('needs review');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText('Lookup table · version 2')).toBeVisible();
    await section(page, 'Profiles');
    await expect(page.getByRole('table', { name: 'Profiles' }).getByRole('row').filter({ hasText: PROFILE })).toContainText('Needs review');
  });

  await test.step('a table in use is not deleted', async () => {
    await openTable(page);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `Delete ${TABLE}?` });
    await dialog.getByRole('button', { name: 'Delete the table' }).click();
    await expect(dialog.getByRole('alert')).toContainText(PROFILE);
    await accessible(page);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toBeHidden();
  });

  await test.step('a case that fails keeps the profile from being saved', async () => {
    await openMap(page);
    await page.getByText('Cases (0)').click();
    await page.getByRole('button', { name: 'Add a case' }).click();
    const one = page.getByRole('group', { name: 'Case 1', exact: true });
    await one.getByLabel('What it shows').fill('the table comes first');
    await one.getByRole('button', { name: 'Add an attribute' }).click();
    await one.getByLabel('Attribute 1', { exact: true }).fill('company');
    await one.getByLabel('Value 1', { exact: true }).fill('Contoso Ltd');
    await one.getByLabel('Expected value', { exact: true }).fill('Contoso Ltd');
    const found = one.getByRole('list', { name: 'Diagnostics' });
    await expect(found).toContainText('Contoso Ltd');
    await expect(found).toContainText('Europe and Africa');
    await expect(page.getByRole('button', { name: 'Save a version' })).toBeDisabled();
    await accessible(page);
    await picture(page, 'resources-3-case');
    await one.getByLabel('Expected value', { exact: true }).fill('Europe and Africa');
    await expect(found).toHaveCount(0);
    await save(page);
    await expect(page.getByText('Cases (1)')).toBeVisible();
  });

  await test.step('leave the profile as it was', async () => {
    await page.getByRole('button', { name: `Edit version ${before} again` }).click();
    await save(page);
  });
});
