// Compiles lib/ to CommonJS and types, and writes the ES module over the CommonJS build, so that a process which
// uses both still has one instance. Does nothing when nothing has changed. `--force` builds in any case.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, sources, Stamp } from './lib/files.mjs';
import { Failure, isMain, main, root, runNode, tool } from './lib/run.mjs';

const outputs = ['dist/cjs/index.js', 'dist/types/index.d.ts', 'dist/index.mjs', 'dist/index.d.mts'];

function version(name) {
  return JSON.parse(readFileSync(tool(name, 'package.json'), 'utf8')).version;
}

/** Compiles, then removes what an earlier build left of sources that are gone. */
function compile() {
  const args = [tool('typescript', 'bin/tsc'), '-p', 'tsconfig.build.json', '--listEmittedFiles'];
  const listed = runNode(args, { quiet: true }).matchAll(/^TSFILE: (.*)$/gm);
  const emitted = new Set(Array.from(listed, ([, path]) => path));
  for (const file of sources(['dist/cjs', 'dist/types'], [''])) {
    if (!emitted.has(join(root, file))) {
      rmSync(join(root, file));
    }
  }
}

function writeEsModule() {
  const print =
    "process.stdout.write(JSON.stringify(Object.keys(require('./dist/cjs/index.js'))), () => process.exit())";
  const names = JSON.parse(runNode(['-e', print], { quiet: true })).filter(name => /^[A-Za-z_$][\w$]*$/.test(name));
  const exported = names.filter(name => name !== 'default' && name !== '__esModule').sort();
  if (exported.length === 0) {
    throw new Failure('dist/cjs/index.js exports nothing');
  }
  const lines = [
    '// Generated over the CommonJS build by scripts/build-lib.mjs.',
    "import cjs from './cjs/index.js';",
    'export default cjs;',
    ...exported.map(name => `export const ${name} = cjs.${name};`),
  ];
  writeFileSync(join(root, 'dist/index.mjs'), `${lines.join('\n')}\n`);
  const types = "import cjs from './types/index.js';\nexport * from './types/index.js';\nexport default cjs;\n";
  writeFileSync(join(root, 'dist/index.d.mts'), types);
}

/** @returns true when it built something */
export function buildLib({ force = false, say = console.log } = {}) {
  const files = ['tsconfig.json', 'tsconfig.build.json', 'scripts/build-lib.mjs', ...sources(['lib'], ['.ts'])];
  const inputs = new Stamp('dist/.inputs', fingerprint(files, [version('typescript'), version('bullmq')]));
  if (!force && inputs.current && outputs.every(path => existsSync(join(root, path)))) {
    return false;
  }
  say('compiling lib/ to dist/');
  compile();
  writeEsModule();
  inputs.write();
  return true;
}

if (isMain(import.meta.url)) {
  await main(() => {
    if (!buildLib({ force: process.argv.includes('--force') })) {
      console.log('dist/ is up to date');
    }
  });
}
