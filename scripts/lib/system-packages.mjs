// What the build and the tests need from the system, how to see that it is there, and Debian's name for it.
import { existsSync, readdirSync } from 'node:fs';
import { Failure, run, which } from './run.mjs';

const includeFolders = ['/usr/include', '/usr/local/include', '/opt/homebrew/include'];
const header = path => () => includeFolders.some(folder => existsSync(`${folder}/${path}`));
const program = name => () => which(name) !== undefined;

const hasFuzzer = () => {
  if (which('clang++') === undefined) return false;
  const folder = run('clang++', ['-print-runtime-dir'], { quiet: true }).trim();
  return existsSync(folder) && readdirSync(folder).some(file => file.startsWith('libclang_rt.fuzzer'));
};

const build = [
  ['g++', program('g++')],
  ['make', program('make')],
  ['cmake', program('cmake')],
  ['libhiredis-dev', header('hiredis/hiredis.h')],
  ['nlohmann-json3-dev', header('nlohmann/json.hpp')],
];
const demo = [...build, ['redis-server', program('redis-server')]];
const test = [
  ...demo,
  ['pkg-config', program('pkg-config')],
  ['libuv1-dev', header('uv.h')],
  ['libssl-dev', header('openssl/ssl.h')],
  ['libgtest-dev', header('gtest/gtest.h')],
  ['clang-format', program('clang-format')],
];
// Fuzzers are clang's; libFuzzer's own package is only recommended by it.
const fuzz = [
  ...test.filter(([name]) => !['redis-server', 'libgtest-dev', 'clang-format'].includes(name)),
  ['clang', program('clang++')],
  ['libclang-rt-dev', hasFuzzer],
];
const needs = { build, demo, test, fuzz };

/** Installs what is missing for `purpose` (build, demo, test or fuzz). Returns the packages that it installed. */
export function ensureSystemPackages(purpose, say) {
  const missing = needs[purpose].filter(([, present]) => !present()).map(([name]) => name);
  if (missing.length === 0) {
    return missing;
  }
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  const isRoot = process.getuid?.() === 0;
  if (!which('apt-get') || !(isRoot || which('sudo'))) {
    throw new Failure(`missing on this system: ${missing.join(', ')} (Debian's names). As root: ${install.join(' ')}`);
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const prefix = isRoot ? [] : ['sudo', ...(process.stdin.isTTY ? [] : ['-n']), 'DEBIAN_FRONTEND=noninteractive'];
  const asRoot = command => {
    const [name, ...args] = [...prefix, ...command];
    run(name, args, { env, quiet: isRoot });
  };
  say('apt-get update');
  asRoot(['apt-get', 'update']);
  say(install.join(' '));
  asRoot(install);
  return missing;
}
