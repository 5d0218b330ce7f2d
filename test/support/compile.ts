// Compiles small native processors for the tests, once for each content, into a cache in the temp folder.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { include } from 'aurochs';

const kCache = join(tmpdir(), 'aurochs-test-libraries');

export interface CompileOptions {
  /** File name without its end; by default `fixture`. */
  name?: string;
  /** The language of the source; C++ by default. */
  language?: 'c' | 'c++';
}

/** Compiles `source` into a shared library and returns its path. */
export function compile(source: string, { name = 'fixture', language = 'c++' }: CompileOptions = {}): string {
  const headers = join(include, 'aurochs');
  const hash = createHash('sha256').update(language).update(source);
  for (const file of readdirSync(headers).sort()) hash.update(readFileSync(join(headers, file)));
  const folder = join(kCache, hash.digest('hex').slice(0, 32));
  const library = join(folder, `${name}.so`);
  if (existsSync(library)) return library;
  mkdirSync(folder, { recursive: true });
  // Two Jest workers may compile the same source: each builds its own file, and the last rename wins.
  const draft = join(folder, `${name}.${process.pid}.so`);
  const file = join(folder, `${name}.${process.pid}.${language === 'c' ? 'c' : 'cc'}`);
  writeFileSync(file, source);
  const [compiler, standard] = language === 'c' ? ['gcc', '-std=c11'] : ['g++', '-std=c++17'];
  execFileSync(
    compiler,
    [standard, '-O1', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared', '-pthread', '-I', include, file, '-o', draft],
    { stdio: ['ignore', 'inherit', 'pipe'] },
  );
  renameSync(draft, library);
  rmSync(file);
  return library;
}

/** The processors that most suites need, in one library. */
export function fixtures(): string {
  return compile(readFileSync(join(__dirname, 'fixtures', 'processors.cc'), 'utf8'), { name: 'processors' });
}
