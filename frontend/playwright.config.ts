// Stories in a real browser against a running Syncline. The harness names it and who signs in by
// environment; see e2e/world.ts.
import { defineConfig } from '@playwright/test';

const baseURL = process.env.BASE_URL ?? 'http://localhost:8080';
// Against this machine the browser speaks to this machine only, whatever it would like to look up.
const alone = /^https?:\/\/(localhost|127\.[\d.]+)(:|$)/.test(baseURL)
  ? ['--no-proxy-server', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.*']
  : [];

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  timeout: 300_000,
  expect: { timeout: 60_000 },
  workers: 1,
  retries: 0,
  reporter: 'list',
  outputDir: process.env.E2E_OUTPUT ?? 'test-results',
  use: {
    baseURL,
    viewport: { width: 1440, height: 900 },
    ignoreHTTPSErrors: process.env.E2E_OWN_CA === '1',
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...alone,
      ],
    },
  },
});
