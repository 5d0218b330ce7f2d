// clang-format over the C++ that we own. Versions differ in what they make of the same style, so one is ours.
import { nativeExtensions, sources } from './files.mjs';
import { run, which } from './run.mjs';

const wantedMajor = '14';

/** @returns what was done, in a few words */
export function clangFormat(args) {
  const program = which(`clang-format-${wantedMajor}`) ?? 'clang-format';
  const major = /version (\d+)/.exec(run(program, ['--version'], { quiet: true }))?.[1];
  if (major !== wantedMajor) {
    return `not run: this is clang-format ${major}, and the tree is in the style of ${wantedMajor}`;
  }
  const files = sources(['src', 'binding', 'include', 'test/native', 'test/fuzz', 'examples'], nativeExtensions);
  if (files.length > 0) {
    run(program, [...args, ...files], { quiet: true });
  }
  return `${files.length} files`;
}
