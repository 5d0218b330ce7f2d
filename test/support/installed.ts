// A folder as an application has it that has installed this package: `node_modules` with links, and copies of files.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const kRoot = join(__dirname, '..', '..');
const kModules = realpathSync(join(kRoot, 'node_modules'));

/**
 * Made anew in the temp folder; removed after the file's tests.
 * @param packages - those to link besides `aurochs`, of the project's own.
 */
export function installed(packages: string[] = []): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aurochs-installed-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const link = (name: string, target: string) => {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  };
  link('aurochs', kRoot);
  for (const name of packages) link(name, join(kModules, name));
  return folder;
}

/** Writes a file below `folder`, and the folders that it needs; returns its path. */
export function put(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}
