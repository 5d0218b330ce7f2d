// Processor files under all the ways that Node can be started, and the kinds of files that it may load.
import { join } from 'node:path';
import { useBench } from './support/queue';
import { waitFor, waitForEvent } from './support/wait';
import { Child } from './support-child';

const bench = useBench();
const file = (name: string) => join(__dirname, 'threads', name);
const loader = (name: string) => join(__dirname, 'programs', 'loaders', name);
const children: Child[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await child.exited;
  }
});

/** One job by a file, in a process that is started with these flags; resolves when that has ended, cleanly. */
async function runOne(processor: string, flags: string[] = [], input: object = {}): Promise<Child> {
  const queue = bench.queue();
  const given = { connection: bench.connection, queue: queue.name, processor, ...input };
  const child = new Child('programs/file-worker.mjs', given, flags);
  children.push(child);
  await queue.add('job', { value: 21 });
  expect(await child.message('completed')).toMatchObject({ result: { doubled: 42 } });
  expect(await child.end()).toEqual({ code: 0, signal: null });
  expect(child.messages.filter(({ event }) => event === 'error')).toEqual([]);
  return child;
}

describe('a processor in TypeScript', () => {
  // Not in the types of all versions that this runs on.
  const isStripped = Boolean((process.features as { typescript?: unknown }).typescript);

  if (isStripped) {
    it('is loaded by Node itself', async () => {
      const queue = bench.queue();
      const worker = bench.worker(queue, file('typed.ts'));
      const completed = waitForEvent(worker, 'completed');
      await queue.add('job', { value: 21 });
      expect((await completed)[1]).toEqual({ doubled: 42 });
    });
  } else {
    it('that Node does not load tells the way out, and costs no job anything', async () => {
      const queue = bench.queue();
      await queue.add('job', { value: 21 });
      const worker = bench.worker(queue, file('typed.ts'));
      await waitFor(() => worker.errors.length > 0);
      expect(worker.errors[0].message).toContain(file('typed.ts'));
      expect(worker.errors[0].message).toContain(process.version);
      expect(worker.errors[0].message).toMatch(/Compile it to JavaScript .* or start node with a loader/);
      expect(worker.errors[0].stack).toContain('load-processor');
      await worker.close();
      expect(await queue.getJobCounts('wait', 'failed')).toEqual({ wait: 1, failed: 0 });
    });
  }

  it.each([
    ['--require', 'register.cjs'],
    ['--import', 'register.mjs'],
  ])("is loaded by a loader of the user's own (%s)", async (flag, name) => {
    expect((await runOne(file('typed.ts'), [flag, loader(name)])).complaints).toBe('');
  });

  it('is loaded by a loader that only its threads have', async () => {
    const execArgv = ['--import', loader('register.mjs')];
    const child = await runOne(file('typed.ts'), [], { options: { workerThreadsOptions: { execArgv } } });
    expect(child.complaints).toBe('');
  });
});

it.each([
  '--max-old-space-size=512',
  '--stack-size=2000 --expose-gc',
  '--enable-source-maps --conditions=development',
  '--experimental-vm-modules --no-warnings --trace-uncaught --title=worker',
])('a process started with %s runs files as ever', async flags => {
  expect((await runOne(file('double.mjs'), flags.split(' '))).complaints).toBe('');
});

describe('workerThreadsOptions.execArgv', () => {
  it('goes to the threads without what they can not take, of which one warning tells', async () => {
    const execArgv = ['--max-old-space-size=64', '--no-deprecation', '--expose-gc'];
    const options = { workerThreadsOptions: { execArgv }, concurrency: 3 };
    const { complaints } = await runOne(file('flags.cjs'), [], { options });
    const warnings = complaints.split('\n').filter(line => line.includes('Warning'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('AUROCHS_EXEC_ARGV');
    expect(warnings[0]).toMatch(/--max-old-space-size=64 --expose-gc$/);
  });

  it('is silent when threads can take all of it', async () => {
    const options = { workerThreadsOptions: { execArgv: ['--no-deprecation'] } };
    expect((await runOne(file('flags.cjs'), [], { options })).complaints).toBe('');
  });
});

it('a worker in a worker thread has threads of its own for its file', async () => {
  const child = await runOne(file('double.mjs'), [], { inThread: true, options: { concurrency: 2 } });
  const [completed, ended] = child.messages;
  // The first is the worker's own.
  expect(completed.result.threadId).toBeGreaterThan(1);
  expect(completed.result.pid).toBe(child.pid);
  expect(ended).toEqual({ event: 'thread ended', code: 0 });
  expect(child.complaints).toBe('');
});
