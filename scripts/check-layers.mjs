// Holds the direction of dependencies, by reading every #include and every place that could load the addon:
//   binding → plugin, worker → protocol, pool → redis → loop → base
// Node-API only in binding/, hiredis and OpenSSL only in src/redis/, and lib/binding.ts alone loads the .node file, which
// lib/addon-file.ts finds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativeExtensions, sources } from './lib/files.mjs';
import { Failure, isMain, main, root } from './lib/run.mjs';

const below = {
  base: [],
  loop: ['base'],
  redis: ['loop', 'base'],
  protocol: ['redis', 'loop', 'base'],
  pool: ['redis', 'loop', 'base'],
  plugin: ['protocol', 'pool', 'redis', 'loop', 'base'],
  worker: ['protocol', 'pool', 'redis', 'loop', 'base'],
};
const layers = Object.keys(below);
const nodeHeader =
  /^(napi|node_api|js_native_api|node_version|node_buffer|node|uv\/node|v8)([-_.].*)?\.h$|^(node|v8)[./]/;

function* includes(file) {
  const text = readFileSync(join(root, file), 'utf8');
  for (const match of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)) {
    yield { path: match[2], quoted: match[1] === '"', line: text.slice(0, match.index).split('\n').length };
  }
}

/** Why `file` (in src/ or binding/) may not include this, or undefined. */
function objection(file, { path, quoted }) {
  const layer = file.startsWith('binding/') ? undefined : file.split('/')[1];
  if (layer && nodeHeader.test(path)) {
    return 'Node and Node-API are for binding/ only';
  }
  const library = ['hiredis', 'openssl'].find(name => path.startsWith(`${name}/`));
  if (library && layer !== 'redis') {
    return `${library} is for src/redis/ only`;
  }
  if (!quoted) {
    return undefined;
  }
  const target = path.split('/')[0];
  if (target === 'binding' && layer) {
    return 'the engine does not know the binding';
  }
  if (!layers.includes(target)) {
    return path.includes('..') ? 'folders are named from the root, not by ..' : undefined;
  }
  return layer && layer !== target && !below[layer].includes(target) ? `${layer} is not above ${target}` : undefined;
}

/** @returns what was checked, in a few words */
export function checkLayers() {
  const problems = [];
  const native = sources(['src', 'binding'], nativeExtensions);
  for (const file of native) {
    if (file.startsWith('src/') && !layers.includes(file.split('/')[1])) {
      problems.push(`${file}: not in a folder that has a place among the layers`);
      continue;
    }
    for (const include of includes(file)) {
      const why = objection(file, include);
      if (why) {
        problems.push(`${file}:${include.line}: includes ${include.path}; ${why}`);
      }
    }
  }
  const scripts = sources(['lib'], ['.ts']);
  for (const file of scripts.filter(path => !['lib/binding.ts', 'lib/addon-file.ts'].includes(path))) {
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .forEach((line, index) => {
        if (/process\.dlopen|\.node['"`]/.test(line)) {
          problems.push(`${file}:${index + 1}: only lib/binding.ts loads the addon`);
        }
      });
  }
  if (problems.length > 0) {
    throw new Failure(`dependencies point the wrong way\n  ${problems.join('\n  ')}`);
  }
  return `${native.length} C++ and ${scripts.length} TypeScript files`;
}

if (isMain(import.meta.url)) {
  await main(() => console.log(`layers: ${checkLayers()}`));
}
