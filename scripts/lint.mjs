// `npm run lint`: everything that is checked without running the code; `npm test` begins with it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkJobTrace } from './check-job-trace.mjs';
import { checkBullmqScripts } from './check-bullmq-scripts.mjs';
import { checkLayers } from './check-layers.mjs';
import { checkApiReference } from './docs.mjs';
import { clangFormat } from './lib/clang-format.mjs';
import { isMain, main, root, runNode, step, tool } from './lib/run.mjs';

export async function lint() {
  const quiet = { quiet: true };
  const eslintFolders = ['lib', 'test', 'bench', 'examples', 'scripts'].filter(path => existsSync(join(root, path)));
  await step('prettier', () => void runNode([tool('prettier', 'bin/prettier.cjs'), '--check', '.'], quiet));
  await step('clang-format', () => clangFormat(['--dry-run', '--Werror']));
  await step('eslint', () => {
    runNode(
      [tool('eslint', 'bin/eslint.js'), '--max-warnings=0', '--no-error-on-unmatched-pattern', ...eslintFolders],
      quiet,
    );
  });
  await step('tsc', () => void runNode([tool('typescript', 'bin/tsc'), '--noEmit'], quiet));
  await step('layers', checkLayers);
  await step("BullMQ's scripts", checkBullmqScripts);
  await step('job trace', checkJobTrace);
  await step('API reference', checkApiReference);
}

if (isMain(import.meta.url)) {
  await main(lint);
}
