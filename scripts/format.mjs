// `npm run format`: Prettier and clang-format, in place.
import { clangFormat } from './lib/clang-format.mjs';
import { main, runNode, step, tool } from './lib/run.mjs';

await main(async () => {
  await step('prettier', () => {
    runNode([tool('prettier', 'bin/prettier.cjs'), '--write', '--log-level=warn', '.'], { quiet: true });
  });
  await step('clang-format', () => clangFormat(['-i']));
});
