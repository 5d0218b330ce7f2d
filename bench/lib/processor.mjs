// One piece of work in every form that a peer may need, from the files of one name in `processors/`.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/**
 * @returns `file` for peers that run a file on threads or in processes, `inline`, its function, for those that run one on
 *   the event loop; `native`, a source that the bench compiles and the symbol in it, and `python`, if there are such files
 */
export function processor(name) {
  const url = extension => new URL(`../processors/${name}.${extension}`, import.meta.url);
  const ifThere = (extension, form) => (existsSync(url(extension)) ? form : undefined);
  return {
    file: url('cjs'),
    inline: require(fileURLToPath(url('cjs'))),
    native: ifThere('cc', { source: url('cc'), symbol: name }),
    python: ifThere('py', url('py')),
  };
}
