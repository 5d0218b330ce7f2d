// The worker's `limiter`, and limiting by hand from a processor.
import { useBench } from './support/queue';
import { Worker } from './support/subject';
import { sleep, waitFor, waitForEvent, waitForEvents, within } from './support/wait';

const bench = useBench();

const jobs = (count: number) => Array.from({ length: count }, (_, i) => ({ name: 'job', data: i }));

/** Redis counts a window from its first job, and takes each job's time from the client: they may differ by this. */
const kSlack = 20;

describe('limiter', () => {
  it('starts at most max jobs in each duration', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(7));
    const worker = bench.worker(queue, async () => undefined, { limiter: { max: 2, duration: 120 } });
    const completed = await waitForEvents(worker, 'completed', 7);
    const started = completed.map(([job]) => job.processedOn as number);
    expect(started[2] - started[0]).toBeGreaterThanOrEqual(120 - kSlack);
    expect(started[4] - started[2]).toBeGreaterThanOrEqual(120 - kSlack);
    expect(started[6] - started[4]).toBeGreaterThanOrEqual(120 - kSlack);
  });

  it('holds at a higher concurrency', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(9));
    const worker = bench.worker(queue, async () => undefined, { concurrency: 10, limiter: { max: 3, duration: 120 } });
    const completed = await waitForEvents(worker, 'completed', 9);
    const started = completed.map(([job]) => job.processedOn as number).sort((a, b) => a - b);
    expect(started[3] - started[0]).toBeGreaterThanOrEqual(120 - kSlack);
    expect(started[6] - started[3]).toBeGreaterThanOrEqual(120 - kSlack);
  });

  it('is shared by the workers of a queue', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(6));
    const started: number[] = [];
    const limiter = { max: 1, duration: 60 };
    for (let i = 0; i < 3; i++) {
      const worker = bench.worker(queue, async job => void started.push(job.processedOn!), { limiter });
      await worker.waitUntilReady();
    }
    await waitFor(async () => (await queue.getCompletedCount()) === 6);
    started.sort((a, b) => a - b);
    expect(started[5] - started[0]).toBeGreaterThanOrEqual(5 * (60 - kSlack));
  });

  it('keeps the order of the jobs', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(12));
    const started: number[] = [];
    const worker = bench.worker(queue, async job => void started.push(job.data), { limiter: { max: 4, duration: 30 } });
    await waitForEvents(worker, 'completed', 12);
    expect(started).toEqual(jobs(12).map(job => job.data));
  });

  it('tells its state through the queue', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(2));
    const worker = bench.worker(queue, async () => undefined, { limiter: { max: 1, duration: 60_000 } });
    await waitForEvent(worker, 'completed');
    const ttl = await queue.getRateLimitTtl(1);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(60_000);
    expect(await queue.getWaitingCount()).toBe(1);
  });

  it('does not keep close() waiting', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(2));
    const worker = bench.worker(queue, async () => undefined, { limiter: { max: 1, duration: 60_000 } });
    await waitForEvent(worker, 'completed');
    await sleep(30); // by now it waits for the limit to end, for a minute
    await within(worker.close(), 'the worker to close');
    expect(await queue.getJobCounts('wait', 'active', 'completed')).toEqual({ wait: 1, active: 0, completed: 1 });
  });

  it('counts failed attempts as well', async () => {
    const queue = bench.queue();
    await queue.add('job', {}, { attempts: 3 });
    const started: number[] = [];
    const worker = bench.worker(
      queue,
      async job => {
        started.push(job.processedOn!);
        if (job.attemptsMade < 2) throw new Error('again');
      },
      { limiter: { max: 1, duration: 80 } },
    );
    await waitForEvent(worker, 'completed');
    expect(started[1] - started[0]).toBeGreaterThanOrEqual(80 - kSlack);
    expect(started[2] - started[1]).toBeGreaterThanOrEqual(80 - kSlack);
  });
});

describe('limiting by hand', () => {
  it('puts the job back first in line, without taking an attempt', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(3));
    const started: number[][] = [];
    let limitedAt = 0;
    const worker = bench.worker(
      queue,
      async job => {
        started.push([job.data, job.attemptsMade]);
        if (!limitedAt) {
          limitedAt = Date.now();
          await queue.rateLimit(80);
          throw Worker.RateLimitError();
        }
        return job.processedOn;
      },
      { limiter: { max: 100, duration: 1000 } },
    );
    const failures: unknown[] = [];
    worker.on('failed', (...args) => failures.push(args));
    const completed = await waitForEvents(worker, 'completed', 3);
    expect(started).toEqual([
      [0, 0],
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(completed[0][1]).toBeGreaterThanOrEqual(limitedAt + 80 - kSlack);
    expect(failures).toEqual([]);
    expect(completed[0][0].attemptsMade).toBe(1);
  });

  it('works through the worker, too', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(2));
    let limitedAt = 0;
    const worker = bench.worker(
      queue,
      async job => {
        if (!limitedAt) {
          limitedAt = Date.now();
          await worker.rateLimit(60);
          throw Worker.RateLimitError();
        }
        return job.processedOn;
      },
      { limiter: { max: 100, duration: 1000 } },
    );
    const completed = await waitForEvents(worker, 'completed', 2);
    expect(completed[0][1]).toBeGreaterThanOrEqual(limitedAt + 60 - kSlack);
  });

  it('stops once the limit is taken away', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    let limited = false;
    const worker = bench.worker(
      queue,
      async () => {
        if (!limited) {
          limited = true;
          await queue.rateLimit(60_000);
          throw Worker.RateLimitError();
        }
      },
      { limiter: { max: 1, duration: 1000 }, maximumRateLimitDelay: 50 },
    );
    await waitFor(async () => limited && (await queue.getWaitingCount()) === 1);
    await sleep(20);
    expect(await queue.getCompletedCount()).toBe(0);
    const completed = waitForEvent(worker, 'completed');
    await queue.removeRateLimitKey();
    await completed;
  });

  it('keeps priorities', async () => {
    const queue = bench.queue();
    for (const priority of [3, 2, 1]) await queue.add('job', priority, { priority });
    let limited = false;
    const started: number[] = [];
    const worker = bench.worker(
      queue,
      async job => {
        started.push(job.data);
        if (limited) return;
        limited = true;
        await queue.rateLimit(30);
        throw Worker.RateLimitError();
      },
      { limiter: { max: 100, duration: 1000 } },
    );
    await waitForEvents(worker, 'completed', 3);
    expect(started).toEqual([1, 1, 2, 3]);
  });
});
