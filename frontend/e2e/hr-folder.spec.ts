// An HR system's folder by clicks: an agent, a look at the newest file, its format confirmed, its rows read.
import { accessible, expect, picture, section, signIn, test, world } from './world';

test('an administrator connects a folder of HR files and confirms how they are read', async ({ page }) => {
  await test.step('sign up and connect the folder', async () => {
    await signIn(page);
    await page.getByLabel('Organisation').fill('Contoso');
    await page.getByRole('button', { name: 'Create tenant' }).click();
    await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible({ timeout: 120_000 });
    await section(page, 'Directories');
    await page.getByRole('link', { name: 'Connect a directory' }).click();
    await page.getByRole('textbox', { name: /^Name/ }).fill('HR');
    await page.getByLabel('Kind').selectOption({ label: 'HR files of a folder' });
    await page.getByRole('button', { name: 'Connect' }).click();
    await expect(page.getByRole('heading', { name: 'HR', level: 1 })).toBeVisible();
    await expect(page.getByText('Nothing is read before a format is confirmed')).toBeVisible();

    await page.getByRole('button', { name: 'Add an agent' }).click();
    const key = (await page.getByLabel('One-time key', { exact: true }).innerText()).trim();
    await accessible(page);
    await picture(page, 'hr-1-agent');
    await page.getByLabel('Fingerprint that the host printed').fill(world.enrol('folder', key));
    await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    await expect(page.locator('header').getByText('Needs a file format')).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('button', { name: 'Full import' })).toBeDisabled();
  });

  await test.step('look at the newest file: what it looks like, and why', async () => {
    const look = page.getByRole('button', { name: 'Look at the newest file' });
    await look.click();
    const detected = page.getByRole('table', { name: 'Detected' });
    await expect(detected).toBeVisible();
    await expect(detected.getByRole('row', { name: /^Encoding/ })).toContainText('1252');
    await expect(page.getByText('workers.csv: 40 rows, 40 of them would be read.')).toBeVisible();
    await expect(page.getByText('No row has a problem.')).toBeVisible();
    const columns = page.getByRole('table', { name: 'Columns' });
    await expect(columns.getByRole('row', { name: /Name/ })).toContainText('Müller 1');
    await accessible(page);
    await picture(page, 'hr-2-detected');

    // A wrong encoding is seen before anything is read.
    await page.getByLabel('Encoding').selectOption({ label: 'Windows-1251, Cyrillic' });
    await look.click();
    await expect(columns.getByRole('row', { name: /Name/ })).not.toContainText('Müller');
    await page.getByRole('button', { name: 'Detect afresh' }).click();
    await expect(columns.getByRole('row', { name: /Name/ })).toContainText('Müller 1');
  });

  await test.step('confirm the format and read the file', async () => {
    await expect(page.getByLabel('Encoding')).toHaveValue('windows-1252');
    await expect(page.getByLabel('Between two cells')).toHaveValue(';');
    await expect(page.getByLabel('First row')).toHaveValue('names');
    await page.getByLabel(/^Key/).selectOption('Personalnummer');
    await page.getByLabel('What Eintritt holds').selectOption({ label: 'Date' });
    await accessible(page);
    await page.getByRole('button', { name: 'Confirm this format' }).click();
    await expect(page.getByText('Format confirmed')).toBeVisible();
    await page.getByRole('button', { name: 'Full import' }).click();
    await expect(page.getByRole('table', { name: 'Objects by type' })).toContainText('40', { timeout: 120_000 });
    await expect(page.locator('header').getByText('Connected')).toBeVisible();
    await accessible(page);
    await picture(page, 'hr-3-connected');
  });

  await test.step('look at one row as an object', async () => {
    await page.getByRole('table', { name: 'Objects by type' }).getByRole('link').click();
    const objects = page.getByRole('table', { name: 'Objects' });
    await expect(objects.getByRole('row')).toHaveCount(41);
    await accessible(page);
    await picture(page, 'hr-4-objects');
    await objects.getByRole('link', { name: 'W-0007' }).click();
    const values = page.getByRole('table', { name: 'Attributes as imported' });
    await expect(values).toContainText('Müller 7');
    await expect(values).toContainText('2026-01-08');
    await accessible(page);
    await picture(page, 'hr-5-object');
  });
});
