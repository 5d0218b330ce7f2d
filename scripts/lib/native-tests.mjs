// Builds and runs the engine's C++ tests: plain CMake, the system's libuv, one build folder for each sanitizer.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, Stamp } from './files.mjs';
import { Failure, jobs, root, run } from './run.mjs';

export const testsFolder = 'build-tests';

/**
 * Configures when the settings have changed, then builds what is out of date.
 * @param options.targets without any: all
 */
export function buildWithCmake({ out, settings: given, targets = [] }) {
  const settings = [...given, `-DAUROCHS_WERROR=${process.env.CI ? 'ON' : 'OFF'}`];
  const configured = new Stamp(`${out}/.settings`, fingerprint([], [settings, root]));
  if (!configured.current) {
    rmSync(join(root, out, 'CMakeCache.txt'), { force: true });
    run('cmake', ['-S', '.', '-B', out, '-G', 'Unix Makefiles', ...settings], { quiet: true });
    configured.write();
  }
  const only = targets.length > 0 ? ['--target', ...targets] : [];
  run('cmake', ['--build', out, '--parallel', jobs, ...only], { quiet: true });
}

export function buildNativeTests({ out = testsFolder, sanitize = '' } = {}) {
  buildWithCmake({ out, settings: ['-DAUROCHS_TESTS=ON', `-DAUROCHS_SANITIZE=${sanitize}`] });
}

function count(junit, attribute) {
  const suite = /<testsuite\b[^>]*>/s.exec(junit)?.[0] ?? '';
  return Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(suite)?.[1] ?? 0);
}

/**
 * Runs the built tests; prints ctest's closing lines only, or everything when a test fails.
 * @param options.wrapper a command to run ctest under
 * @returns counts of this run
 */
export function runNativeTests({ out = testsFolder, env = {}, wrapper = [] } = {}) {
  const report = join(root, out, 'junit.xml');
  const [program, ...args] = [
    ...wrapper,
    'ctest',
    ...['--test-dir', out, '--parallel', jobs, '--output-on-failure', '--no-tests=error', '--output-junit', report],
  ];
  const output = run(program, args, { quiet: true, env, timeout: 10 * 60_000 });
  console.log(output.slice(output.search(/^\d+% tests passed/m)).trim());
  if (!existsSync(report)) {
    throw new Failure(`ctest left no report at ${report}`);
  }
  const junit = readFileSync(report, 'utf8');
  const skipped = count(junit, 'skipped') + count(junit, 'disabled');
  if (skipped > 0) {
    throw new Failure(`${skipped} C++ tests were skipped`);
  }
  return { passed: count(junit, 'tests') - count(junit, 'failures') };
}
