// What a Linux addon must be like before others get it: what it exports, what it needs, and from how old a system.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, root, run } from './run.mjs';

/** The highest versions of symbols that it may need: no more than what Node's own binaries need. */
const newest = { GLIBC: '2.28', GCC: '4.2.0' };

/** What Node's binaries load as well; libstdc++ is inside. */
const allowedLibraries = /^(libc|libm|libdl|libpthread|librt|libgcc_s|ld-linux-[\w-]+|libc\.musl-\w+)\.so(\.\d+)?$/;

const lines = (program, ...args) => run(program, args, { quiet: true }).split('\n');
const compare = (a, b) => a.localeCompare(b, 'en', { numeric: true });

/** `nm -D`'s symbols: {name, version, weak}. */
function symbols(file, which) {
  return lines('nm', '-D', '--no-demangle', `--${which}-only`, file).flatMap(line => {
    const [, kind, name, version] = /([a-zA-Z]) ([^\s@]+)(?:@+(\S+))?$/.exec(line) ?? [];
    return name ? [{ name, version, weak: kind === 'w' || kind === 'v' }] : [];
  });
}

function exportedByMap() {
  const map = readFileSync(join(root, 'cmake/exports.map'), 'utf8');
  return /global:([^}]*?)local:/
    .exec(map)[1]
    .split(';')
    .map(name => name.trim());
}

function* objections(file, nodes, undefinedSymbols) {
  const allowed = exportedByMap();
  for (const { name } of symbols(file, 'defined')) {
    if (!allowed.includes(name)) yield `it exports ${name}, which cmake/exports.map doesn't name`;
  }
  const dynamic = lines('readelf', '--dynamic', '--wide', file);
  const flags = dynamic.filter(line => /\(FLAGS(_1)?\)/.test(line)).join(' ');
  for (const flag of ['NOW', 'NODELETE']) {
    if (!new RegExp(`\\b${flag}\\b`).test(flags)) yield `it is not linked with -z ${flag.toLowerCase()}`;
  }
  for (const [, library] of dynamic.join('\n').matchAll(/\(NEEDED\).*\[(.*)\]/g)) {
    if (!allowedLibraries.test(library)) yield `it needs ${library}`;
  }
  if (lines('readelf', '--sections', '--wide', file).some(line => /\s\.(debug_info|symtab)\s/.test(line))) {
    yield 'it is not stripped';
  }
  for (const { name, version } of undefinedSymbols) {
    const [family, number] = version?.split('_') ?? [];
    if (family && !(compare(number, newest[family] ?? '') <= 0)) {
      yield `it needs ${name} of ${version}; allowed: ${JSON.stringify(newest)}`;
    }
  }
  for (const node of nodes) {
    const offered = new Set(symbols(node, 'defined').map(({ name }) => name));
    for (const { name, version, weak } of undefinedSymbols) {
      if (!version && !weak && !offered.has(name)) yield `it needs ${name}, which ${node} doesn't export`;
    }
  }
}

/**
 * Fails for an addon that wouldn't load, or would get in the way, on a system as old as Node itself supports.
 * @param nodes the binaries of the versions of Node.js that have to offer what it needs
 * @returns what was found, in a few words
 */
export function checkAddon(file, { nodes = [process.execPath], musl = false } = {}) {
  const wanted = symbols(file, 'undefined');
  // musl's symbols have no versions by which to tell them from Node's: there, loading it is the check (-z now).
  const problems = [...objections(file, musl ? [] : nodes, wanted)];
  if (problems.length > 0) throw new Failure(`${file} can't be given to others\n  ${problems.join('\n  ')}`);
  const versions = wanted.flatMap(({ version }) => (version?.startsWith('GLIBC_') ? [version] : [])).sort(compare);
  const own = wanted.filter(({ version, weak }) => !version && !weak).length;
  return musl ? 'for musl' : `needs ${own} symbols of Node, and ${versions.at(-1)}`;
}
