/**
 * Which file the addon is on this platform, and what to say when there is none.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/**
 * In the order of preference: a build of one's own wins over the package's. Not by node-gyp-build, which knows no file
 * of the user's choice (AUROCHS_ADDON), takes whatever .node file it finds, and tells musl by Alpine's release file.
 */
function candidates(): string[] {
  const { AUROCHS_ADDON: chosen } = process.env;
  if (chosen) return [chosen];
  const name = ['aurochs', libc(), 'node'].filter(Boolean).join('.');
  return [
    join(ROOT, 'build', 'Release', 'aurochs.node'),
    join(ROOT, 'prebuilds', `${process.platform}-${process.arch}`, name),
  ];
}

/** The one to load; it needn't exist. */
export function findAddon(): string {
  const files = candidates();
  return files.find(file => existsSync(file)) ?? files[0];
}

export function describeMissing(): string {
  return `there is no native addon for ${platform()}: looked for ${candidates().join(' and ')}. ${remedy()}`;
}

export function describeUnloadable(file: string, { message }: Error): string {
  return `the native addon ${file} can't be loaded on ${platform()}: ${message}. ${remedy()}`;
}

/** glibc or musl, as prebuilds are named for Linux. */
function libc(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- threads are told the file: they needn't load it
  const { familySync } = require('detect-libc') as typeof import('detect-libc');
  return familySync() ?? 'glibc';
}

function platform(): string {
  const family = libc();
  return `${process.platform}-${process.arch}${family ? ` (${family})` : ''}, Node.js ${process.version}`;
}

function remedy(): string {
  if (process.env.AUROCHS_ADDON) return 'AUROCHS_ADDON names it: correct or unset that.';
  const script = join(ROOT, 'scripts', 'build-addon.mjs');
  return `Build it with 'node ${script}'; docs/installing.md says what that needs.`;
}
