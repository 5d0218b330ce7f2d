// `npm run build:prebuild`: this platform's binary for the npm package, prebuilds/<platform>-<arch>/aurochs[.<libc>].node:
// the addon of `npm run build`, stripped and checked. What was stripped goes to build/, for debuggers.
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import detectLibc from 'detect-libc';
import { buildAddon } from './build-addon.mjs';
import { checkAddon } from './lib/addon-checks.mjs';
import { isMain, main, root, run, runNode } from './lib/run.mjs';

/** @param options.nodes binaries of Node.js that have to offer what the addon needs, besides the one that runs this */
export function makePrebuild({ nodes = [], say = console.log } = {}) {
  buildAddon({ say });
  const libc = process.platform === 'linux' ? detectLibc.familySync() : undefined;
  const name = ['aurochs', libc, 'node'].filter(Boolean).join('.');
  const folder = join('prebuilds', `${process.platform}-${process.arch}`);
  const built = 'build/Release/aurochs.node';
  const file = join(folder, name);
  mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(join(root, built), join(root, file));

  let found = 'not checked on this platform';
  if (process.platform === 'linux') {
    const debug = `build/${name}.debug`;
    run('objcopy', ['--only-keep-debug', built, debug]);
    run('strip', ['--strip-unneeded', file]);
    run('objcopy', [`--add-gnu-debuglink=${debug}`, file]);
    found = checkAddon(file, { nodes: [process.execPath, ...nodes], musl: libc === 'musl' });
  } else if (process.platform === 'darwin') {
    run('strip', ['-x', file]);
  }
  runNode(['-e', 'require(process.argv[1])', join(root, file)], { quiet: true });
  say(`${file}: ${(statSync(join(root, file)).size / 1e6).toFixed(2)} MB, ${found}`);
}

if (isMain(import.meta.url)) {
  // Arguments: other Node binaries to check against.
  await main(() => makePrebuild({ nodes: process.argv.slice(2) }));
}
