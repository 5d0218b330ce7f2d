// Where the addon isn't there or can't be loaded: one warning and BullMQ's own loop, or an error for those who insist.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './support-child';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';

const bench = useBench();
const folder = mkdtempSync(join(tmpdir(), 'aurochs-no-addon-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kMissing = join(folder, 'nowhere.node');

/** Runs a program of the tests with these environment variables. */
function start(program: string, input: object, env: Record<string, string>): Child {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    return new Child(program, input);
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

const input = (rest: object = {}) => ({
  connection: bench.connection,
  queue: bench.queue().name,
  file: join(__dirname, 'threads', 'double.cjs'),
  library: fixtures(),
  ...rest,
});

const unloadable = () => {
  const file = join(folder, 'text.node');
  writeFileSync(file, 'no library at all');
  return file;
};

const kPlatform = new RegExp(`${process.platform}-${process.arch} \\((glibc|musl)\\), Node\\.js ${process.version}`);

it.each([
  ['missing', () => kMissing, /there is no native addon/],
  ['no library', unloadable, /can't be loaded .*(file too short|invalid ELF header)/],
])(
  'an addon that is %s: one warning in the whole process, and all workers run on the loop of BullMQ',
  async (_, path, why) => {
    const file = path();
    const child = start('programs/no-addon.mjs', input(), { AUROCHS_ADDON: file });
    expect(await child.end()).toEqual({ code: 0, signal: null });
    expect(child.messages.filter(({ event }) => event === 'error')).toEqual([]);

    const warnings = child.messages.filter(({ event }) => event === 'warning');
    expect(warnings).toHaveLength(1);
    const [{ name, code, message }] = warnings;
    expect([name, code]).toEqual(['AurochsWarning', 'AUROCHS_NO_ADDON']);
    for (const part of [why, kPlatform, /AUROCHS_ADDON/]) expect(message).toMatch(part);
    expect(message).toContain(file);

    expect(await child.message('in a thread')).toMatchObject({ engine: 'bullmq' });

    const completed = await child.message('completed');
    expect(completed).toMatchObject({ results: [42, { doubled: 42 }], engines: ['bullmq', 'bullmq'] });
    const reason = completed.reason as string;
    expect(message).toContain(reason);
    for (const what of ['native', 'pool.stats', 'pool.configure']) {
      expect((await child.message(what)).message).toBe(`aurochs: ${reason}`);
    }
  },
);

it('AUROCHS_REQUIRE_NATIVE=1 makes loading the package fail', async () => {
  const child = start('programs/no-addon.mjs', input(), { AUROCHS_ADDON: kMissing, AUROCHS_REQUIRE_NATIVE: '1' });
  expect((await child.end()).code).toBe(1);
  expect(child.messages).toEqual([]);
  expect(child.complaints).toMatch(/Error: aurochs: there is no native addon for /);
  expect(child.complaints).toContain(kMissing);
});

it('AUROCHS_REQUIRE_NATIVE=1, set after loading, makes constructing a Worker fail', async () => {
  const child = start('programs/no-addon.mjs', input({ requireLate: true }), { AUROCHS_ADDON: kMissing });
  expect((await child.end()).code).toBe(0);
  expect((await child.message('Worker')).message).toMatch(/^aurochs: there is no native addon for /);
  expect(child.messages.filter(({ event }) => event === 'warning')).toEqual([]);
});

it('AUROCHS_REQUIRE_NATIVE=1 changes nothing where the addon is', async () => {
  const child = start('programs/no-addon.mjs', input(), { AUROCHS_REQUIRE_NATIVE: '1' });
  expect(await child.end()).toEqual({ code: 0, signal: null });
  expect(await child.message('completed')).toMatchObject({
    results: [42, { doubled: 42 }],
    engines: ['native', 'native'],
  });
  expect(child.messages.filter(({ event }) => event === 'warning')).toEqual([]);
});
