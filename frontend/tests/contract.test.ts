// The generated client says what the contract says.
import { execFileSync } from 'node:child_process';

import { expect, test } from 'vitest';

test('the generated types are those of openapi.yaml', () => {
  const said = execFileSync(process.execPath, ['scripts/generate.mjs', '--check'], { encoding: 'utf8' });
  expect(said).not.toContain('run `npm run generate`');
});
