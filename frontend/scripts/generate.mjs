// Writes api/__generated__/schema.d.ts from openapi.yaml; with --check it compares instead.
//
// The document is ../openapi.yaml, or the file named by SYNCLINE_OPENAPI. A document without
// paths describes nothing yet and cannot be drifted from.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const here = new URL('..', import.meta.url);
const source = process.env.SYNCLINE_OPENAPI ?? fileURLToPath(new URL('../openapi.yaml', here));
const target = fileURLToPath(new URL('api/__generated__/schema.d.ts', here));
const head = '// Written by `npm run generate` from openapi.yaml; change the handlers, not this file.\n';

const document = parse(await readFile(source, 'utf8'));
if (!document.paths) {
  console.log(`${source} describes no operation: nothing to generate.`);
  process.exit(0);
}
const written = head + astToString(await openapiTS(document));
if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8')) !== written) {
    console.error('api/__generated__/schema.d.ts is not what openapi.yaml says: run `npm run generate`.');
    process.exit(1);
  }
} else {
  await writeFile(target, written);
  console.log(`wrote ${target}`);
}
