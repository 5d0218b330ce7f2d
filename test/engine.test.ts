// worker.engine and worker.engineReason: whose loop runs, and why. A fallback is never silent.
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { native, Worker } from 'aurochs';
import { createRedisBackend, type BackendFactory } from 'bullmq';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { Gate, waitFor, waitForEvent, waitForEvents, within } from './support/wait';

const bench = useBench();

const folder = mkdtempSync(join(tmpdir(), 'aurochs-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function processorFile(): string {
  const file = join(folder, 'double.js');
  writeFileSync(
    file,
    "const { threadId } = require('node:worker_threads');" +
      'module.exports = async job => ({ doubled: job.data.value * 2, pid: process.pid, threadId });',
  );
  return file;
}

describe('the engine', () => {
  it('is native for a function, and says why', async () => {
    const worker = bench.worker('q', async () => undefined, { autorun: false });
    expect(worker.engine).toBe('native');
    expect(worker.engineReason).toMatch(/inline/);
  });

  it('is native for a native processor', () => {
    const worker = bench.worker('q', native(fixtures(), 'sum'), { autorun: false });
    expect(worker.engine).toBe('native');
    expect(worker.engineReason).toMatch(/native processor/);
  });

  it("is BullMQ's without a processor", () => {
    const worker = bench.worker('q');
    expect(worker.engine).toBe('bullmq');
    expect(worker.engineReason).toMatch(/getNextJob/);
  });

  it.each([
    ['a path', (file: string) => file],
    ['a URL', (file: string) => pathToFileURL(file)],
  ])('is native for a file given as %s, whose jobs run on threads', async (_, as) => {
    const queue = bench.queue();
    const worker = bench.worker(queue, as(processorFile()), { concurrency: 2 });
    expect(worker.engine).toBe('native');
    expect(worker.engineReason).toMatch(/JavaScript threads/);
    const completed = waitForEvents(worker, 'completed', 3);
    await queue.addBulk([1, 2, 3].map(value => ({ name: 'job', data: { value } })));
    const results = (await completed).map(([, result]) => result);
    expect(results.map(({ doubled }) => doubled).sort()).toEqual([2, 4, 6]);
    for (const { pid, threadId } of results) {
      expect(pid).toBe(process.pid);
      expect(threadId).toBeGreaterThan(0);
    }
  });

  it("runs a file in BullMQ's child processes with isolation: 'process'", async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, processorFile(), { isolation: 'process' });
    expect(worker.engine).toBe('native');
    expect(worker.engineReason).toMatch(/child processes/);
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', { value: 21 });
    const [, result] = await completed;
    expect(result.doubled).toBe(42);
    expect(result.pid).not.toBe(process.pid);
    await worker.close();
    const exists = () => {
      try {
        return process.kill(result.pid, 0);
      } catch {
        return false;
      }
    };
    await waitFor(() => !exists());
  });

  it('runs a file on threads with useWorkerThreads', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, processorFile(), { useWorkerThreads: true });
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', { value: 21 });
    expect((await completed)[1]).toMatchObject({ doubled: 42, pid: process.pid });
    await worker.close();
  });

  it("is BullMQ's with a backendFactory of one's own, and works", async () => {
    const queue = bench.queue();
    const backendFactory: BackendFactory<any, any> = (name, options, extra) => createRedisBackend(name, options, extra);
    for (const [processor, data, expected] of [
      [async () => 'inline', {}, 'inline'],
      [native(fixtures(), 'sum'), { a: 1, b: 2 }, 3],
    ] as const) {
      const worker = bench.keep(
        new Worker(queue.name, processor as never, { connection: bench.connection }, backendFactory),
      );
      expect(worker.engine).toBe('bullmq');
      expect(worker.engineReason).toMatch(/backendFactory/);
      const completed = waitForEvent(worker, 'completed');
      await queue.add('job', data);
      expect((await completed)[1]).toBe(expected);
      await worker.close();
    }
  });

  it.each([
    ['connection.tls.ALPNProtocols', { tls: { ALPNProtocols: ['redis'] } }],
    ['connection.tls.checkServerIdentity', { tls: { checkServerIdentity: () => undefined } }],
  ])("is BullMQ's for a connection with %s, which the native loop does not speak", (what, extra) => {
    const connection = { ...bench.connection, ...extra, retryStrategy: () => null };
    const worker = bench.worker('q', async () => undefined, { connection, autorun: false });
    expect([worker.engine, worker.engineReason]).toEqual(['bullmq', expect.stringContaining(what)]);
  });

  it('of BullMQ runs native processors with all that they can do', async () => {
    const queue = bench.queue();
    const backendFactory: BackendFactory<any, any> = (name, options, extra) => createRedisBackend(name, options, extra);
    const make = (symbol: string) =>
      bench.keep(
        new Worker(queue.name, native(fixtures(), symbol) as never, { connection: bench.connection }, backendFactory),
      );
    const reports = make('reports');
    const progress: unknown[] = [];
    reports.on('progress', (_, value) => progress.push(value));
    let completed = waitForEvent(reports, 'completed');
    const added = await queue.add('job', {});
    expect((await completed)[1]).toBe('reported');
    expect(progress).toEqual([10, { step: 2 }, 'done']);
    expect((await queue.getJobLogs(added.id!)).logs).toEqual(['first row', 'second row 🐂']);
    await reports.close();
    const fails = make('throws');
    const failed = waitForEvent(fails, 'failed');
    await queue.add('job', { tag: 1 });
    expect((await failed)[1].message).toBe('thrown for {"tag":1}');
    await fails.close();
    const cancelled = make('until_cancelled');
    const running = waitForEvent(cancelled, 'progress');
    completed = waitForEvent(cancelled, 'failed');
    const last = await queue.add('job', {});
    await running;
    expect(cancelled.cancelJob(last.id!)).toBe(true);
    expect((await completed)[1].message).toBe('cancelled');
    await cancelled.close();
  });
});

describe('the native loop', () => {
  it('closes by force at once, even while close() waits', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened);
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    const closing = worker.close();
    await within(worker.close(true), 'the second close()');
    await within(closing, 'the first close()');
    expect(await queue.getActiveCount()).toBe(1);
    gate.open();
  });

  it('keeps no connection of BullMQ that waits for jobs', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => 'done', { drainDelay: 30 });
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    await completed;
    const name = `bull:${Buffer.from(queue.name).toString('base64')}`;
    const clients = String(await bench.redis.cli('CLIENT', 'LIST')).split('\n');
    const blocked = clients.filter(line => line.includes(name) && /cmd=bzpopmin/.test(line));
    await waitFor(() => blocked.length <= 1);
    expect(blocked.length).toBeLessThanOrEqual(1);
  });
});
