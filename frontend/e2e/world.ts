// What a story needs from whoever runs it, by environment:
//   BASE_URL         where the console is
//   E2E_USER         the account to pick at the identity provider (its user name)
//   E2E_AGENT        a program run as `E2E_AGENT <source|target|folder>` with the one-time key on standard
//                    input; it enrols an agent, prints the fingerprint and leaves the agent running
//   E2E_SOURCE       the containers that imports of the source read, one a line
//   E2E_TARGET       the same of the target
//   E2E_CONTAINER    where new objects are made in the target
//   E2E_OBJECTS      how many additions the plan shows at least (default 1)
//   E2E_PLAN         the path of a what-if that is ready, for stories that begin with one
//   E2E_TIMES        how often something is repeated whose time is told (default 15)
//   E2E_OPERATIONS   how many operations it has
//   E2E_ENTRA_TENANT, E2E_ENTRA_CLIENT   the directory tenant and the application of a simulated Entra ID
//   E2E_ENTRA_CONTROL                    where its administrator's acts are taken: certificates and permissions
//   E2E_ENTRA_DOMAIN                     a domain that it has verified
//   E2E_IMAGES       a folder for pictures of the screens (default none)
//   E2E_IMAGE        a file for a picture of it (default none)
import { execFileSync } from 'node:child_process';

import { AxeBuilder } from '@axe-core/playwright';
import { type Locator, type Page, expect, test as base } from '@playwright/test';

function need(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing: e2e/world.ts says what it is`);
  return value;
}

export type Side = 'source' | 'target' | 'folder';

export const world = {
  user: () => need('E2E_USER'),
  container: () => need('E2E_CONTAINER'),
  containers: (side: Side) => need(side === 'source' ? 'E2E_SOURCE' : 'E2E_TARGET'),
  plan: () => need('E2E_PLAN'),
  operations: () => Number(need('E2E_OPERATIONS')),
  image: () => process.env.E2E_IMAGE,
  entra: () => ({ tenant: need('E2E_ENTRA_TENANT'), client: need('E2E_ENTRA_CLIENT'), domain: need('E2E_ENTRA_DOMAIN') }),
  objects: () => Number(process.env.E2E_OBJECTS ?? '1'),
  /** Enrols an agent with this key and leaves it running; answers its fingerprint. */
  enrol: (side: Side, key: string) =>
    execFileSync(need('E2E_AGENT'), [side], { input: `${key}\n`, encoding: 'utf8', timeout: 120_000 }).trim(),
};

/**
 * A page whose console stays silent: an error, a policy violation among them, fails the story. The browser tells of every
 * refusal; `refused` is the status of those that are part of the story.
 */
export const test = base.extend<{ refused: number | undefined; quiet: void }>({
  refused: [undefined, { option: true }],
  quiet: [
    async ({ page, refused }, use) => {
      const said: string[] = [];
      page.on('console', (message) => {
        if (refused !== undefined && message.text().includes(`responded with a status of ${refused}`)) return;
        if (message.type() === 'error') said.push(`${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', (error) => said.push(String(error)));
      await use();
      expect(said, 'errors on the console').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Waits until the screen shows its own colours, not some on the way from one scheme to the other. */
const settled = (page: Page) =>
  page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await frame();
    const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(transitions.map((transition) => transition.finished));
  });

/** Fails on any accessibility violation of the screen as it stands, in both colour schemes. */
export async function accessible(page: Page) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await settled(page);
}

export async function signIn(page: Page) {
  await page.goto('/');
  await page.getByRole('link', { name: 'Sign in with your organisation' }).click();
  await page.getByRole('button', { name: world.user() }).click();
}

/** Goes to a section of the navigation and waits until it is there: the screen one leaves may have links of the same name. */
export async function section(page: Page, name: string) {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { name, level: 1, exact: true })).toBeVisible();
}

/** What an administrator of the simulated directory tenant does in its own portal. */
/** Replaces what stands in an editor, as by hand: `fill` selects in the page, and the editor may not know of it yet. */
export async function retype(editor: Locator, text: string) {
  await editor.click();
  await editor.press('ControlOrMeta+a');
  await editor.press('Delete');
  await editor.page().keyboard.insertText(text);
}

export const portal = {
  /** Uploads a certificate to the app registration. */
  upload: (pem: string) => told('POST', '/apps', { id: world.entra().client, certificates: [pem] }),
  /** Consents to exactly these permissions. */
  grant: (permissions: string[]) => told('PUT', `/tenants/${world.entra().tenant}/grants/${world.entra().client}`, permissions),
};

async function told(method: string, path: string, body: unknown) {
  const answer = await fetch(`${need('E2E_ENTRA_CONTROL')}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

/** A screen of a simulated tenant says so, and passes every check. */
export async function simulated(page: Page) {
  await expect(page.getByText('simulated Entra tenant').filter({ visible: true }).first()).toBeVisible();
  await accessible(page);
}

/** Keeps a picture of the screen for whoever asked for one. */
export async function picture(page: Page, name: string) {
  const folder = process.env.E2E_IMAGES;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
