// `npm run docs`: docs/api, the reference of what the package exports beside BullMQ's API, by TypeDoc from the types
// and comments of lib/. It is committed; lint checks that it is current.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, isMain, main, root, runNode, tool } from './lib/run.mjs';

const page = 'docs/api/README.md';

function write(folder) {
  runNode([tool('typedoc', 'bin/typedoc'), '--logLevel', 'Warn', '--out', folder], { quiet: true });
}

export function checkApiReference() {
  const folder = mkdtempSync(join(tmpdir(), 'aurochs-api-'));
  try {
    write(folder);
    if (readFileSync(join(folder, 'README.md'), 'utf8') !== readFileSync(join(root, page), 'utf8')) {
      throw new Failure(`${page} is not what lib/ says now: npm run docs writes it anew`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) {
  await main(() => {
    write(join(root, 'docs/api'));
    console.log(`written: ${page}`);
  });
}
