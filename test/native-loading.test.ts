// native(path, symbol?): what it accepts, and how it says what is wrong with a library, when it is called.
import { writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { native } from 'aurochs';
import { compile, fixtures } from './support/compile';
import { useBench } from './support/queue';
import { waitForEvent } from './support/wait';

const bench = useBench();

const kAnswer = `#include <aurochs/processor.h>
AUROCHS_PROCESSOR(answer) { return api->succeed(job, "42", AUROCHS_AUTO_LENGTH); }`;

describe('native()', () => {
  it('takes an absolute path, a relative one, and a file: URL; the symbol defaults to the base name', async () => {
    const library = compile(kAnswer, { name: 'answer' });
    for (const path of [library, relative(process.cwd(), library), pathToFileURL(library)]) {
      const queue = bench.queue();
      const worker = bench.worker(queue, native(path));
      const completed = waitForEvent(worker, 'completed');
      await queue.add('job', {});
      expect((await completed)[1]).toBe(42);
    }
  });

  it.each([
    ['nothing', undefined],
    ['the empty string', ''],
    ['a number', 7],
    ['null', null],
    ['an object', {}],
  ])('refuses %s as a path', (_, path) => {
    expect(() => native(path as never)).toThrow(TypeError);
    expect(() => native(path as never)).toThrow(/path/);
  });

  it.each([
    ['the empty string', ''],
    ['a number', 7],
    ['null', null],
  ])('refuses %s as a symbol', (_, symbol) => {
    expect(() => native(fixtures(), symbol as never)).toThrow(TypeError);
    expect(() => native(fixtures(), symbol as never)).toThrow(/symbol/);
  });

  it('says which file is missing', () => {
    expect(() => native('/nowhere/missing.so')).toThrow(/\/nowhere\/missing\.so/);
  });

  it('says which file is a folder, or no library', () => {
    const folder = dirname(fixtures());
    expect(() => native(folder, 'sum')).toThrow(folder);
    const text = join(folder, 'text.so');
    writeFileSync(text, 'no library at all');
    expect(() => native(text, 'sum')).toThrow(/text\.so/);
  });

  it('says which symbol is missing, and where', () => {
    expect(() => native(fixtures(), 'no_such_symbol')).toThrow(/no_such_symbol/);
    expect(() => native(fixtures(), 'no_such_symbol')).toThrow(/processors\.so/);
    expect(() => native(fixtures())).toThrow(/'?processors'?/); // the base name is no processor
  });

  it('refuses a function that is no processor', () => {
    const library = compile('extern "C" int plain() { return 0; }', { name: 'plain' });
    expect(() => native(library)).toThrow(/plain/);
  });

  it('refuses a newer version of the interface, and says both', () => {
    const library = compile(
      `#include <aurochs/processor.h>
       #undef AUROCHS_ABI_VERSION
       #define AUROCHS_ABI_VERSION 4711u
       AUROCHS_PROCESSOR(future) { return 0; }`,
      { name: 'future' },
    );
    expect(() => native(library)).toThrow(/4711/);
    expect(() => native(library)).toThrow(/version/i);
    expect(() => native(library)).toThrow(/future/);
  });

  it('refuses version 0', () => {
    const library = compile(
      `#include <aurochs/processor.h>
       #undef AUROCHS_ABI_VERSION
       #define AUROCHS_ABI_VERSION 0u
       AUROCHS_PROCESSOR(past) { return 0; }`,
      { name: 'past' },
    );
    expect(() => native(library)).toThrow(/version/i);
  });

  it('says what a library lacks that cannot be loaded', () => {
    const library = compile(
      `#include <aurochs/processor.h>
       extern "C" int defined_nowhere;
       AUROCHS_PROCESSOR(unresolved) { return defined_nowhere; }`,
      { name: 'unresolved' },
    );
    expect(() => native(library)).toThrow(/defined_nowhere/);
  });

  it('may be called again and again for the same library', () => {
    for (let i = 0; i < 200; i++) expect(native(fixtures(), 'sum')).toBeDefined();
  });
});
