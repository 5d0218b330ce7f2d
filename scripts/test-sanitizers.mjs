// `npm run test:sanitizers`: the C++ tests under AddressSanitizer with UBSan and under ThreadSanitizer, and the
// tests of a blocked loop, of batches and of threads with an addon built for AddressSanitizer. GCC's runtimes; the
// addon's is preloaded into Node.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildAddon } from './build-addon.mjs';
import { buildNativeTests, runNativeTests } from './lib/native-tests.mjs';
import { Failure, main, root, run, runNode, step, tool, which } from './lib/run.mjs';
import { setup } from './setup.mjs';

const suites = ['blocked-loop', 'batches', 'js-threads', 'thread-hazards', 'exits'].map(name => `test/${name}.test.ts`);
const ubsan = 'print_stacktrace=1:halt_on_error=1';

/** ThreadSanitizer maps fixed addresses, which too much randomization of the address space collides with. */
function withoutRandomAddresses() {
  const setarch = which('setarch');
  if (!setarch) {
    return [];
  }
  try {
    run(setarch, ['-R', 'true'], { quiet: true });
    return [setarch, '-R'];
  } catch {
    return []; // not permitted here: without it, then
  }
}

function runtimeLibrary(name) {
  return run('g++', [`-print-file-name=${name}`], { quiet: true }).trim();
}

function runSuites(addon) {
  const missing = suites.find(suite => !existsSync(join(root, suite)));
  if (missing) throw new Failure(`${missing} is missing`);
  // libstdc++ is preloaded too: Node has its own inside, and ASan must find the addon's `throw` when it starts.
  const preload = ['libasan.so', 'libubsan.so', 'libstdc++.so.6'].map(runtimeLibrary).join(':');
  runNode([tool('jest', 'bin/jest.js'), '--runInBand', '--runTestsByPath', ...suites], {
    env: {
      AUROCHS_ADDON: join(root, addon),
      LD_PRELOAD: preload,
      // V8 leaves its heap to the end of the process, which a leak check would report.
      ASAN_OPTIONS: 'detect_leaks=0',
      UBSAN_OPTIONS: ubsan,
    },
    timeout: 10 * 60_000,
  });
}

await main(async () => {
  setup('test');
  await step('address, undefined: C++ tests built', () => {
    buildNativeTests({ out: 'build-tests-asan', sanitize: 'address' });
  });
  runNativeTests({ out: 'build-tests-asan', env: { UBSAN_OPTIONS: ubsan } });

  await step('thread: C++ tests built', () => buildNativeTests({ out: 'build-tests-tsan', sanitize: 'thread' }));
  runNativeTests({ out: 'build-tests-tsan', wrapper: withoutRandomAddresses() });

  await step('address, undefined: addon built', () => {
    buildAddon({ out: 'build-asan', sanitize: 'address', say: () => {} });
  });
  runSuites('build-asan/Release/aurochs.node');
  console.log('\nno sanitizer reported anything');
});
