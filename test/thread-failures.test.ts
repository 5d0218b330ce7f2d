// Threads that end under their jobs, and files that don't load: told of once, and nothing but the culprit suffers.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { native } from 'aurochs';
import { Queue } from 'bullmq';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { startRedis } from './support/redis';
import { sleep, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();
const does = join(__dirname, 'threads', 'does.cjs');
const folder = mkdtempSync(join(tmpdir(), 'aurochs-threads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, source: string): string {
  const path = join(folder, name);
  writeFileSync(path, source);
  return path;
}

describe('a job whose thread ends', () => {
  it.each([
    ['exit', { code: 3 }, "the processor's thread ended: process.exit(3)"],
    ['exhaust', {}, 'ran out of memory (resourceLimits.maxOldGenerationSizeMb is 32)'],
    ['uncaught', {}, 'uncaught in a callback'],
  ])('by %s fails and says so; ten others complete', async (name, data, message) => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, {
      concurrency: 2,
      workerThreadsOptions: { resourceLimits: { maxOldGenerationSizeMb: 32 } },
    });
    const failed = waitForEvent(worker, 'failed');
    const completed = waitForEvents(worker, 'completed', 10);
    const job = await queue.add(name, data);
    await queue.addBulk(Array.from({ length: 10 }, () => ({ name: 'where', data: {} })));
    const [culprit, error] = await failed;
    expect(culprit.id).toBe(job.id);
    expect(error.message).toContain(message);
    await completed;
    await worker.close();
    expect(await queue.getFailedCount()).toBe(1);
  });
});

describe('a file that can not be loaded', () => {
  it.each([
    ['syntax.cjs', 'module.exports = async job => { this is no JavaScript };', /Unexpected identifier/],
    ['syntax.mjs', 'export default async job => { this is no JavaScript };', /Unexpected identifier/],
    ['throws.cjs', "throw new Error('at the top');", /at the top/],
    ['missing.cjs', "require('./nowhere');", /Cannot find module/],
    ['no-function.cjs', 'module.exports = { answer: 42 };', /No function is exported in processor file/],
    ['exits.cjs', 'process.exit(5);', /process\.exit\(5\)/],
  ])('(%s) is told of with its stack, and costs no job anything', async (name, source, message) => {
    const queue = bench.queue();
    const worker = bench.worker(queue, write(name, source), { concurrency: 4 });
    await queue.addBulk(Array.from({ length: 5 }, () => ({ name: 'job', data: {} })));
    await waitFor(() => worker.errors.length > 0);
    expect(worker.errors[0].message).toContain(name);
    expect(worker.errors[0].message).toMatch(message);
    await sleep(300);
    expect(worker.errors).toHaveLength(1);
    expect(await queue.getJobCounts('wait', 'active', 'failed')).toEqual({ wait: 5, active: 0, failed: 0 });
    await worker.close();
  });

  it('is tried again, and works once it is mended', async () => {
    const queue = bench.queue();
    const path = write('mended.cjs', "throw new Error('not yet');");
    const worker = bench.worker(queue, path);
    await queue.add('job', {});
    await waitFor(() => worker.errors.length > 0);
    const completed = waitForEvent(worker, 'completed');
    write('mended.cjs', "module.exports = async () => 'mended';");
    expect((await completed)[1]).toBe('mended');
  });

  it('later on, when a thread is replaced, puts its jobs back to wait', async () => {
    const queue = bench.queue();
    const path = write('breaks.cjs', 'module.exports = async job => job.name === "exit" && process.exit(1);');
    const worker = bench.worker(queue, path);
    await waitForEvent(worker, 'ready');
    const fine = waitForEvent(worker, 'completed');
    await queue.add('fine', {});
    await fine;
    write('breaks.cjs', "throw new Error('broken by a deployment');");
    const failed = waitForEvent(worker, 'failed');
    await queue.add('exit', {});
    await failed;
    const job = await queue.add('fine', {});
    await waitFor(() => worker.errors.length > 0);
    expect(worker.errors[0].message).toMatch(/broken by a deployment/);
    await waitFor(async () => (await job.getState()) === 'waiting');
    const completed = waitForEvent(worker, 'completed');
    write('breaks.cjs', "module.exports = async () => 'again';");
    expect((await completed)[1]).toBe('again');
    expect(await queue.getJob(job.id!)).toMatchObject({ attemptsMade: 1, stalledCounter: 0 });
  });
});

describe('a job whose data is no JSON', () => {
  it.each([
    ['a file', () => does],
    ['a native processor', () => native(fixtures(), 'echo')],
  ])('ends no process of %s, and is left to be recovered as stalled', async (_, processor) => {
    const queue = bench.queue();
    const worker = bench.worker(queue, processor(), { autorun: false });
    worker.on('active', () => undefined);
    const job = await queue.add('return', { value: 1 });
    await bench.redis.client().hset(queue.toKey(job.id!), 'data', '{oops');
    void worker.run();
    await waitFor(() => worker.errors.length > 0);
    expect(worker.errors[0]).toBeInstanceOf(SyntaxError);
    const completed = waitForEvent(worker, 'completed');
    const next = await queue.add('return', { value: 2 });
    expect((await completed)[0].id).toBe(next.id);
  });
});

describe('close()', () => {
  it('with a timeout asks jobs to stop, and puts those back to wait that do not', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { concurrency: 2 });
    const failed = waitForEvent(worker, 'failed');
    const [listens, ignores] = [await queue.add('untilAborted', {}), await queue.add('forever', {})];
    await waitFor(async () => (await queue.getActiveCount()) === 2);
    await (worker as never as { close(options: object): Promise<void> }).close({ timeout: 200 });
    const [job, error] = await failed;
    expect([job.id, error.message]).toEqual([listens.id, 'aborted: the worker is closing']);
    expect(await ignores.getState()).toBe('waiting');
    expect(await queue.getJob(ignores.id!)).toMatchObject({ attemptsMade: 0, stalledCounter: 0 });
  });

  it('takes shutdownTimeout without one, and gives up inline jobs too', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, () => new Promise(() => {}), { shutdownTimeout: 100 });
    const active = waitForEvent(worker, 'active');
    const job = await queue.add('job', {});
    await active;
    await worker.close();
    expect(await job.getState()).toBe('waiting');
  });

  it('waits for jobs that end in time', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { shutdownTimeout: 20_000 });
    const job = await queue.add('sleep', { ms: 300 });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await worker.close();
    expect(await job.getState()).toBe('completed');
  });

  it('by force ends threads that never end, and leaves their jobs to be recovered', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const job = await queue.add('forever', {});
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await worker.close(true);
    expect(await job.getState()).toBe('active');
  });

  it('does not wait for a file that never loads', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, write('endless.mjs', 'await new Promise(() => setInterval(() => {}, 1000));'));
    await queue.add('job', {});
    await worker.close();
    expect(await queue.getWaitingCount()).toBe(1);
  });

  it('takes Infinity for as long as it takes, and nothing that is no time', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { shutdownTimeout: Infinity }) as never as {
      close(options?: object): Promise<void>;
    };
    for (const timeout of ['soon', NaN, -1]) {
      await expect(worker.close({ timeout })).rejects.toThrow(/the timeout of close\(\) must be/);
    }
    const job = await queue.add('sleep', { ms: 300 });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await worker.close();
    expect(await job.getState()).toBe('completed');
  });

  it('is hurried by a later one with a timeout', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does) as never as { close(options?: object): Promise<void> };
    const job = await queue.add('forever', {});
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    const closed = worker.close();
    await worker.close({ timeout: 50 });
    await closed;
    expect(await job.getState()).toBe('waiting');
  });

  it.each([
    ['by force', true, 'active'],
    ['with a timeout', { timeout: 50 }, 'waiting'],
  ])('%s ends child processes that never end', async (_, options, state) => {
    const queue = bench.queue();
    const path = write(
      'child.cjs',
      'module.exports = async job => { await job.updateProgress(process.pid); for (;;); };',
    );
    const worker = bench.worker(queue, path, { isolation: 'process' });
    const progress = waitForEvent(worker, 'progress');
    const job = await queue.add('job', {});
    const [, pid] = await progress;
    await (worker as never as { close(options: unknown): Promise<void> }).close(options);
    await waitFor(() => !existsSync(`/proc/${pid}`));
    expect(await job.getState()).toBe(state);
    expect(await queue.getFailedCount()).toBe(0);
  });

  it('with a timeout comes to its end without Redis', async () => {
    const redis = await startRedis();
    const { connection } = redis;
    const worker = bench.worker('lonely', does, { connection });
    const queue = new Queue('lonely', { connection });
    await queue.add('forever', {});
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await queue.close();
    await redis.stop();
    await (worker as never as { close(options: object): Promise<void> }).close({ timeout: 50 });
  });
});
