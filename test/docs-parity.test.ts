// docs/parity.md names every option, event and method of the installed BullMQ's Worker, and no other.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'aurochs';
import { members, type Members } from './docs/members';
import { useBench } from './support/queue';

const kPage = readFileSync(join(__dirname, '..', 'docs', 'parity.md'), 'utf8');

/** The rows of the table under a heading, by the name in their first column. */
function table(heading: string): Map<string, string> {
  const start = kPage.indexOf(`\n### ${heading}\n`);
  expect([heading, start]).not.toEqual([heading, -1]);
  const section = kPage.slice(start + 5).split('\n### ')[0];
  const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^|]*)\|/gm)].map(([, name, by]) => [name, by.trim()] as const);
  const names = rows.map(([name]) => name);
  expect([...new Set(names)]).toEqual(names);
  return new Map(rows);
}

describe('docs/parity.md', () => {
  let bullmq: Members;
  beforeAll(() => {
    bullmq = members();
  });

  it.each([
    ['Options', 'options', 27],
    ['Events', 'events', 15],
    ['Methods and fields', 'methods', 35],
  ] as const)('%s: each of BullMQ’s, and who does it', (heading, kind, atLeast) => {
    const rows = table(heading);
    expect([...rows.keys()].sort()).toEqual(bullmq[kind]);
    expect(rows.size).toBeGreaterThanOrEqual(atLeast);
    for (const [name, by] of rows)
      expect([name, by]).toEqual([name, expect.stringMatching(/^(native|BullMQ's|no effect)$/)]);
  });

  it('names what a subclass may override', () => {
    const rows = [...table('What a subclass may override').keys()];
    const fields = /Protected fields that can be read: ([^]*?)\n\n/.exec(kPage)![1].match(/`[A-Za-z_]+`/g)!;
    const others = fields.map(field => field.slice(1, -1)).filter(name => name !== 'null');
    const publicHooks = ['processJob', 'extendJobLocks'];
    expect(
      rows
        .filter(name => !publicHooks.includes(name))
        .concat(others)
        .sort(),
    ).toEqual(bullmq.hooks);
  });

  it('names what Aurochs adds', () => {
    expect([...table('What Aurochs adds').keys()].sort()).toEqual(bullmq.added);
  });
});

describe('a subclass', () => {
  const bench = useBench();
  const rows = [...table('What a subclass may override')].filter(([, effect]) => !effect.startsWith('must'));
  const files = [
    ['functions', async () => undefined],
    ['a file', join(__dirname, 'threads', 'double.cjs')],
  ] as const;

  it.each(rows.flatMap(([name, effect]) => files.map(([what, processor]) => [name, what, effect, processor] as const)))(
    'that overrides %s, with %s: %s',
    (name, what, effect, processor) => {
      class Subclass extends Worker {}
      const own = (prototype: object): PropertyDescriptor =>
        Object.getOwnPropertyDescriptor(prototype, name) ?? own(Object.getPrototypeOf(prototype) as object);
      Object.defineProperty(Subclass.prototype, name, own(Worker.prototype));
      const worker = bench.keep(new Subclass('q', processor, { connection: bench.connection, autorun: false }));
      const bullmq = effect.startsWith("has BullMQ's loop") || (what === 'a file' && effect.includes('for functions'));
      expect(worker.engine).toBe(bullmq ? 'bullmq' : 'native');
      if (bullmq) expect(worker.engineReason).toBe(`the subclass overrides ${name}`);
    },
  );
});
