import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { expect, test } from 'vitest';

import { PreviewCounts } from '../components/templates/PreviewCounts';
import { TemplateCards, filtered } from '../components/templates/TemplateCards';
import { initial } from '../components/templates/ParameterField';
import { TemplateForm } from '../forms/TemplateForm';
import * as recorded from './recorded';
import { TENANT, show } from './show';

const hybrid = {
  ...recorded.templateSummary,
  id: 'ad-to-entra',
  title: 'Active Directory to Entra ID',
  purpose: 'hybrid' as const,
  directories: recorded.templateSummary.directories.map((role) => (role.side === 'target' ? { ...role, kind: 'entra-id' as const } : role)),
};

test('the gallery filters by source, target and purpose together', () => {
  const all = [recorded.templateSummary, hybrid];
  const left = (filter: Parameters<typeof filtered>[1]) => filtered(all, filter).map((template) => template.id);

  expect(left({})).toEqual(['ad-to-ad', 'ad-to-entra']);
  expect(left({ source: 'active-directory', target: 'entra-id' })).toEqual(['ad-to-entra']);
  expect(left({ purpose: 'coexistence', target: 'entra-id' })).toEqual([]);
});

test('a card says what the template reads, writes and assumes, and leads to it', async () => {
  const { container } = await show(<TemplateCards tenant={TENANT} templates={[recorded.templateSummary]} />);

  expect(screen.getByRole('link', { name: recorded.templateSummary.title }).getAttribute('href')).toBe('/t/ten_1/templates/ad-to-ad');
  expect(screen.getByText('The container exists.')).toBeTruthy();
  expect(screen.getByText(/from Active Directory to Active Directory/)).toBeTruthy();
  const result = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, 'heading-order': { enabled: false } } });
  expect(result.violations).toEqual([]);
});

test('the preview shows counts and what they do not cover', async () => {
  await show(<PreviewCounts preview={recorded.templatePreview} />);

  const written = within(screen.getByRole('table', { name: 'Written' }));
  expect(written.getByRole('columnheader', { name: 'Matched' })).toBeTruthy();
  expect(written.getByText('1,948')).toBeTruthy();
  expect(screen.getByText(/shoeSize of user in Contoso/)).toBeTruthy();
});

test('a parameter begins as the target suggests, else as its default', () => {
  const known = { context: 'DC=fabrikam,DC=test', domain: 'fabrikam.test' };
  const values = (suggested: typeof known) => recorded.template.parameters.map((parameter) => initial(parameter, suggested));

  expect(values(known)).toEqual(['DC=fabrikam,DC=test', true, [], 'disconnect']);
  expect(values({ context: '', domain: '' })[0]).toBe('');
});

test('the form offers directories of the right kind and waits for all of them', async () => {
  const { container } = await show(<TemplateForm template={recorded.template} />);

  const use = screen.getByRole('button', { name: 'Use this template' });
  expect(use.hasAttribute('disabled')).toBe(true);
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Target forest' }), 'dir_1');
  expect((screen.getByRole('textbox', { name: 'Container for people' }) as HTMLInputElement).value).toBe('DC=contoso,DC=test');
  const result = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, 'heading-order': { enabled: false } } });
  expect(result.violations).toEqual([]);
});
