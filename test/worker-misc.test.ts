// Options of the worker that have no file of their own: prefix, autorun, drainDelay, and what it says of itself.
import { QueueBase, Worker as BullWorker } from 'bullmq';
import { useBench } from './support/queue';
import { isAurochs, Worker } from './support/subject';
import { Gate, sleep, waitFor, waitForEvent, waitForEvents, within } from './support/wait';

const bench = useBench();

describe('the worker', () => {
  it('is a Worker of BullMQ', () => {
    const worker = bench.worker('q', async () => undefined, { autorun: false });
    expect(worker).toBeInstanceOf(BullWorker);
    expect(worker).toBeInstanceOf(QueueBase);
    expect(worker).toBeInstanceOf(Worker);
    expect(worker.constructor.name).toBe('Worker');
  });

  it('has an id of its own, which begins the tokens of its jobs', async () => {
    const queue = bench.queue();
    await queue.addBulk(Array.from({ length: 6 }, (_, i) => ({ name: 'job', data: i })));
    const worker = bench.worker(queue, async (_job, token) => token, { concurrency: 3 });
    const tokens = (await waitForEvents(worker, 'completed', 6)).map(([, token]) => token as string);
    for (const token of tokens) expect(token.startsWith(`${worker.id}:`)).toBe(true);
    expect(bench.worker(queue, undefined).id).not.toBe(worker.id);
  });

  it('keeps its options, with the defaults of BullMQ', () => {
    const worker = bench.worker('q', async () => undefined, { autorun: false, drainDelay: 5, name: 'n' });
    expect(worker.opts).toMatchObject({
      autorun: false,
      concurrency: 1,
      drainDelay: 5,
      lockDuration: 30_000,
      lockRenewTime: 15_000,
      maxStalledCount: 1,
      maximumRateLimitDelay: 30_000,
      name: 'n',
      runRetryDelay: 15_000,
      stalledInterval: 30_000,
    });
  });

  it('with autorun: false starts with run()', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const worker = bench.worker(queue, async () => 'ran', { autorun: false });
    await worker.waitUntilReady();
    await sleep(30);
    expect([worker.isRunning(), await queue.getWaitingCount()]).toEqual([false, 1]);
    const completed = waitForEvent(worker, 'completed');
    void worker.run();
    expect(worker.isRunning()).toBe(true);
    expect((await completed)[1]).toBe('ran');
  });

  it('with autorun: undefined, given as such, is as with false', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => 'ran', { autorun: undefined });
    expect([worker.isRunning(), worker.opts.autorun]).toEqual([false, undefined]);
    await worker.waitUntilReady();
    expect(worker.isRunning()).toBe(false);
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    void worker.run();
    expect((await completed)[1]).toBe('ran');
  });

  it('is ready, and seen by queue.getWorkers(), before it runs', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => 'ran', { autorun: false, name: 'idle' });
    const ready = waitForEvent(worker, 'ready');
    await worker.waitUntilReady();
    await ready;
    expect(worker.isRunning()).toBe(false);
    const [seen, ...others] = await queue.getWorkers();
    expect([seen.name, seen.rawname, others]).toEqual([
      queue.name,
      `bull:${Buffer.from(queue.name).toString('base64')}:w:idle`,
      [],
    ]);
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    void worker.run();
    expect((await completed)[1]).toBe('ran');
    expect(await queue.getWorkersCount()).toBe(1);
    await worker.close();
    await waitFor(async () => (await queue.getWorkersCount()) === 0);
  });

  it('with a prefix works the queue of that prefix, and no other', async () => {
    const name = 'same-name';
    const [plain, prefixed] = [bench.queue({ name }), bench.queue({ name, prefix: '{team:a}' })];
    await plain.add('plain', {});
    const worker = bench.worker(name, async job => [job.name, job.prefix, job.queueQualifiedName], {
      prefix: '{team:a}',
    });
    const completed = waitForEvent(worker, 'completed');
    await prefixed.add('prefixed', {});
    const [, result] = await completed;
    expect(result).toEqual(['prefixed', '{team:a}', '{team:a}:same-name']);
    expect(await plain.getWaitingCount()).toBe(1);
    expect(await bench.redis.client().exists('{team:a}:same-name:completed')).toBe(1);
  });

  it('with a short drainDelay finds work after many empty rounds', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => 'found', { drainDelay: 0.01 });
    await worker.waitUntilReady();
    await sleep(100);
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    expect((await completed)[1]).toBe('found');
    expect(worker.errors).toEqual([]);
  });

  it('finds jobs whose marker was lost, once drainDelay is over', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => 'found', { drainDelay: 0.2 });
    await worker.waitUntilReady();
    await sleep(50);
    const completed = waitForEvent(worker, 'completed');
    // A producer that died between its commands: the job waits, and nothing tells of it.
    const client = bench.redis.client();
    await client
      .multi()
      .hset(queue.toKey('lost'), { name: 'job', data: '{}', opts: '{}', timestamp: Date.now(), delay: 0, priority: 0 })
      .lpush(queue.toKey('wait'), 'lost')
      .exec();
    const [job, result] = await completed;
    expect([job.id, result]).toEqual(['lost', 'found']);
  });

  it('starts on the jobs that waited before it came', async () => {
    const queue = bench.queue();
    await queue.addBulk(Array.from({ length: 200 }, (_, i) => ({ name: 'job', data: i })));
    bench.worker(queue, async () => undefined, { concurrency: 10 });
    await waitFor(async () => (await queue.getCompletedCount()) === 200);
  });

  it('works several queues of one process side by side', async () => {
    const queues = Array.from({ length: 8 }, () => bench.queue());
    for (const queue of queues) bench.worker(queue, async job => `${job.queueName} ${job.data}`, { concurrency: 2 });
    for (const queue of queues) {
      await queue.addBulk(Array.from({ length: 25 }, (_, i) => ({ name: 'job', data: i })));
    }
    for (const queue of queues) {
      await waitFor(async () => (await queue.getCompletedCount()) === 25);
      for (const job of await queue.getCompleted()) expect(job.returnvalue).toBe(`${queue.name} ${job.data}`);
    }
  });

  it('is seen by queue.getWorkers(), with its name', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => undefined, { name: 'seen' });
    await worker.waitUntilReady();
    const [seen] = await waitFor(async () => {
      const workers = await queue.getWorkers();
      return workers.length > 0 ? workers : undefined;
    });
    expect(seen.rawname).toBe(`bull:${Buffer.from(queue.name).toString('base64')}:w:seen`);
    expect(await queue.getWorkersCount()).toBe(1);
  });

  it('can be made and closed again and again', async () => {
    const queue = bench.queue();
    for (let i = 0; i < 10; i++) {
      const worker = bench.worker(queue, async job => job.data);
      const completed = waitForEvent(worker, 'completed');
      await queue.add('job', i);
      expect((await completed)[1]).toBe(i);
      await within(worker.close(), 'the worker to close');
      expect(worker.errors).toEqual([]);
    }
  });

  it('can be disconnected: it takes no more jobs, and what it had stays active', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened, { runRetryDelay: 20 });
    const active = waitForEvent(worker, 'active');
    await queue.addBulk([1, 2, 3].map(i => ({ name: 'job', data: i })));
    await active;
    await within(worker.disconnect(), 'the worker to disconnect');
    gate.open();
    await queue.add('job', 4);
    await sleep(50); // enough for a job to be taken
    expect(await queue.getJobCounts('wait', 'active', 'completed')).toEqual({ wait: 3, active: 1, completed: 0 });
    expect(worker.errors).toEqual([]);
    if (isAurochs) {
      // BullMQ's would wait for the main loop for ever.
      await within(worker.close(), 'the worker to close');
      await waitFor(async () => (await queue.getWorkersCount()) === 0);
    }
  });

  it('hands its backend out', async () => {
    const worker = bench.worker(bench.queue(), async () => undefined);
    await expect(worker.waitUntilReady()).resolves.toBeUndefined();
    expect(worker.getBackend().toKey('wait')).toBe(`bull:${worker.name}:wait`);
  });
});
