// `npm test`: sets up what is missing, checks the sources, runs the C++ tests, then Jest. Stops at the first failure.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lint } from './lint.mjs';
import { buildNativeTests, runNativeTests, testsFolder } from './lib/native-tests.mjs';
import { Failure, main, root, runNode, step, tool } from './lib/run.mjs';
import { setup } from './setup.mjs';

/** Runs Jest, its output as it comes. */
function runJest() {
  const report = join(root, testsFolder, 'jest.json');
  rmSync(report, { force: true });
  let failure;
  try {
    const args = ['--ci', '--json', `--outputFile=${report}`];
    runNode([tool('jest', 'bin/jest.js'), ...args], { timeout: 12 * 60_000 });
  } catch (error) {
    failure = error;
  }
  if (!existsSync(report)) {
    throw failure ?? new Failure('Jest left no report');
  }
  const { numPassedTests: passed, numFailedTests, numFailedTestSuites, ...rest } = JSON.parse(readFileSync(report));
  if (!failure && rest.numPendingTests + rest.numTodoTests > 0) {
    failure = new Failure(`${rest.numPendingTests + rest.numTodoTests} Jest tests were skipped`);
  }
  return { passed, failed: Math.max(numFailedTests, numFailedTestSuites), failure };
}

await main(async () => {
  setup('test');
  await lint();
  await step('C++ tests built', buildNativeTests);
  const native = runNativeTests();
  const jest = runJest();
  console.log(`\n${native.passed + jest.passed} passed, ${jest.failed} failed`);
  if (jest.failure) {
    throw jest.failure;
  }
});
