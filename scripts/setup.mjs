// Brings a fresh clone to where it can run: system packages, npm packages, the addon, the compiled library.
// Does only what is missing. `node scripts/setup.mjs [build | demo | test]`, plain Node.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAddon } from './build-addon.mjs';
import { buildLib } from './build-lib.mjs';
import { Failure, isMain, main, root, run, which } from './lib/run.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';

const say = what => console.log(`setup: ${what}`);

function readLock(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
}

/** Compares what npm noted of its last installation with the lock file. */
function packagesAreCurrent() {
  const installedLock = 'node_modules/.package-lock.json';
  if (!existsSync(join(root, installedLock))) {
    return false;
  }
  const installed = readLock(installedLock);
  return Object.entries(readLock('package-lock.json')).every(([path, wanted]) => {
    // Optional packages are those of other platforms.
    return path === '' || (wanted.optional && !installed[path]) || installed[path]?.version === wanted.version;
  });
}

function ensureNpmPackages() {
  if (packagesAreCurrent()) {
    return false;
  }
  if (!which('npm')) {
    throw new Failure('npm is not on the PATH; it comes with Node.js');
  }
  say('npm ci');
  // No dependency needs its install script here, so none runs.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true });
  return true;
}

/** @param purpose what comes next: build, demo or test */
export function setup(purpose = 'demo') {
  const start = performance.now();
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Failure(`Node.js 20 or later is needed; this is ${process.version}`);
  }
  const done = [
    ensureSystemPackages(purpose, say).length > 0,
    ensureNpmPackages(),
    buildAddon({ say }),
    buildLib({ say }),
  ];
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  say(done.some(Boolean) ? `ready (${seconds} s)` : `nothing to do (${seconds} s)`);
}

if (isMain(import.meta.url)) {
  await main(() => {
    const purpose = process.argv[2] ?? 'demo';
    if (!['build', 'demo', 'test'].includes(purpose)) {
      throw new Failure(`setup.mjs takes build, demo or test, not '${purpose}'`);
    }
    setup(purpose);
  });
}
