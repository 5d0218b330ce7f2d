// What a processor may throw, and what becomes of it.
import { useBench } from './support/queue';
import { waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

describe('a processor', () => {
  it('that throws an Error fails with its message and its stack', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const thrown = new TypeError('with "quotes", \\ and ünïcödé 🐂\nand a second line');
    const worker = bench.worker(queue, async () => {
      throw thrown;
    });
    const [job, error] = await waitForEvent(worker, 'failed');
    expect(error).toBe(thrown);
    const stored = (await queue.getJob(job.id))!;
    expect(stored.failedReason).toBe(thrown.message);
    expect(stored.stacktrace).toEqual([thrown.stack]);
  });

  it('that throws before it returns a promise fails the same way', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const worker = bench.worker(queue, () => {
      throw new Error('at once');
    });
    const [, error] = await waitForEvent(worker, 'failed');
    expect(error.message).toBe('at once');
    expect(await queue.getFailedCount()).toBe(1);
  });

  it('may return a plain value instead of a promise', async () => {
    const queue = bench.queue();
    await queue.add('job', { a: 1 });
    const worker = bench.worker(queue, ((job: { data: unknown }) => job.data) as never);
    expect((await waitForEvent(worker, 'completed'))[1]).toEqual({ a: 1 });
  });

  it('may return a thenable', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const thenable = { then: (resolve: (value: string) => void) => setImmediate(resolve, 'then') };
    const worker = bench.worker(queue, (() => thenable) as never);
    expect((await waitForEvent(worker, 'completed'))[1]).toBe('then');
  });

  it.each([
    ['a string', 'just text'],
    ['a number', 42],
    ['an object', { code: 7 }],
  ])('that throws %s fails, and the worker goes on', async (_, thrown) => {
    const queue = bench.queue();
    await queue.addBulk([
      { name: 'throws', data: {} },
      { name: 'job', data: {} },
    ]);
    const worker = bench.worker(queue, async job => {
      if (job.name === 'throws') throw thrown;
    });
    const failed = waitForEvent(worker, 'failed');
    const completed = waitForEvent(worker, 'completed');
    const [job, error] = await failed;
    expect(job.name).toBe('throws');
    expect(error).toBe(thrown);
    await completed;
    expect(await queue.getJobCounts('failed', 'completed', 'active')).toEqual({ failed: 1, completed: 1, active: 0 });
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
  ])('that throws %s never completes the job, and the worker goes on', async (_, thrown) => {
    const queue = bench.queue();
    await queue.addBulk([
      { name: 'throws', data: {} },
      { name: 'job', data: {} },
    ]);
    const worker = bench.worker(
      queue,
      async job => {
        if (job.name === 'throws') throw thrown;
      },
      // BullMQ leaves such a job active, without a lock that is renewed: the sweep for stalled jobs then fails it.
      { lockDuration: 60, stalledInterval: 40, maxStalledCount: 0 },
    );
    const [job] = await waitForEvent(worker, 'completed');
    expect(job.name).toBe('job');
    await waitFor(async () => (await queue.getFailedCount()) === 1);
    expect(await queue.getJobCounts('failed', 'completed', 'active')).toEqual({ failed: 1, completed: 1, active: 0 });
  });

  it('that throws a frozen error, or one with a stack that is no text, fails', async () => {
    const queue = bench.queue();
    await queue.addBulk([
      { name: 'frozen', data: {} },
      { name: 'stack', data: {} },
    ]);
    const worker = bench.worker(queue, async job => {
      if (job.name === 'frozen') throw Object.freeze(new Error('frozen'));
      throw Object.assign(new Error('stack'), { stack: undefined });
    });
    const failed = await waitForEvents(worker, 'failed', 2);
    expect(failed.map(([, error]) => error.message)).toEqual(['frozen', 'stack']);
  });

  it('that returns what JSON cannot hold fails with the reason', async () => {
    const queue = bench.queue();
    await queue.addBulk([
      { name: 'circular', data: {} },
      { name: 'bigint', data: {} },
    ]);
    const worker = bench.worker(queue, async job => {
      if (job.name === 'bigint') return 10n;
      const circle: Record<string, unknown> = {};
      circle.circle = circle;
      return circle;
    });
    const failed = await waitForEvents(worker, 'failed', 2);
    expect(failed[0][1].message).toMatch(/circular/i);
    expect(failed[1][1].message).toMatch(/BigInt/);
    expect(await queue.getFailedCount()).toBe(2);
    expect(await queue.getCompletedCount()).toBe(0);
  });

  it('is told apart from a listener that throws', async () => {
    const queue = bench.queue();
    await queue.addBulk([1, 2].map(i => ({ name: 'job', data: i })));
    const worker = bench.worker(queue, async job => job.data);
    worker.on('completed', job => {
      if (job.data === 1) throw new Error('in the listener');
    });
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
    expect((await queue.getJobs(['completed'])).map(job => job.returnvalue).sort()).toEqual([1, 2]);
  });

  it('that fails does not stop the jobs beside it', async () => {
    const queue = bench.queue();
    await queue.addBulk(Array.from({ length: 100 }, (_, i) => ({ name: 'job', data: i })));
    bench.worker(
      queue,
      async job => {
        if (job.data % 2) throw new Error('odd');
      },
      { concurrency: 10 },
    );
    await waitFor(async () => (await queue.getCompletedCount()) === 50 && (await queue.getFailedCount()) === 50);
  });
});

describe('errors of the worker itself', () => {
  it("of run() without a processor, and of run() twice, are BullMQ's", async () => {
    const manual = bench.worker(bench.queue());
    await expect(manual.run()).rejects.toThrow('No process function is defined.');
    const worker = bench.worker(bench.queue(), async () => undefined);
    await worker.waitUntilReady();
    await expect(worker.run()).rejects.toThrow('Worker is already running.');
  });

  it('go to the error event: a job that vanished while it was active', async () => {
    const queue = bench.queue();
    const added = await queue.add('gone', {});
    await queue.add('job', {});
    const worker = bench.worker(queue, async job => {
      if (job.name === 'gone') await bench.redis.client().del(queue.toKey(job.id!), queue.toKey(`${job.id}:lock`));
      return job.name;
    });
    const [job] = await waitForEvent(worker, 'completed');
    expect(job.name).toBe('job');
    await waitFor(() => worker.errors.length > 0);
    expect(worker.errors[0].message).toContain(`Missing key for job ${added.id}`);
  });
});
