// `npm run lint:tidy`: clang-tidy and clang's thread-safety analysis over the engine. Slow; needs clang-tidy.
import { sources } from './lib/files.mjs';
import { buildNativeTests, testsFolder } from './lib/native-tests.mjs';
import { Failure, main, run, which } from './lib/run.mjs';

await main(() => {
  if (!which('clang-tidy')) {
    throw new Failure('clang-tidy is missing; on Debian: apt install clang-tidy');
  }
  buildNativeTests();
  for (const file of sources(['src'], ['.cc'])) {
    console.log(file);
    run('clang-tidy', ['-p', testsFolder, '--quiet', '--extra-arg=-Wthread-safety', file], { quiet: true });
  }
});
