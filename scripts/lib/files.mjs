// Finding the project's files, and telling by their content whether something was built from them.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './run.mjs';

/** The files under the given folders (relative to the root) whose names end in one of `extensions`; sorted. */
export function sources(folders, extensions) {
  return folders
    .filter(folder => existsSync(join(root, folder)))
    .flatMap(folder => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile() && extensions.some(extension => entry.name.endsWith(extension)))
    .map(entry => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

export const nativeExtensions = ['.c', '.cc', '.h', '.hpp'];

/** A hash over the content of `files` and the values of `others`. */
export function fingerprint(files, others = []) {
  const hash = createHash('sha256').update(JSON.stringify(others));
  for (const file of files) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** A note in a build folder of what it was last built from. */
export class Stamp {
  constructor(path, value) {
    this.path = join(root, path);
    this.value = value;
  }
  /** True when nothing has changed since write(). */
  get current() {
    return existsSync(this.path) && readFileSync(this.path, 'utf8') === this.value;
  }
  write() {
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, this.value);
  }
}
