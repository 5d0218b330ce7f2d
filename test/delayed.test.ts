// Delayed jobs: not before their time, in order of their time, and a waiting worker wakes for them.
import { DelayedError } from 'bullmq';
import { useBench } from './support/queue';
import { sleep, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

describe('delayed jobs', () => {
  it('start when they are due, not before', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => undefined);
    await worker.waitUntilReady();
    const completed = waitForEvent(worker, 'completed');
    const job = await queue.add('job', {}, { delay: 80 });
    const [done] = await completed;
    expect(done.processedOn).toBeGreaterThanOrEqual(job.timestamp + 80);
    expect(done.delay).toBe(0);
  });

  it('start in the order in which they are due', async () => {
    const queue = bench.queue();
    const started: number[] = [];
    const worker = bench.worker(queue, async job => void started.push(job.data));
    const completed = waitForEvents(worker, 'completed', 5);
    await queue.addBulk([90, 30, 60, 120, 10].map(delay => ({ name: 'job', data: delay, opts: { delay } })));
    await completed;
    expect(started).toEqual([10, 30, 60, 90, 120]);
  });

  it('start in order of adding when they are due in the same millisecond', async () => {
    const queue = bench.queue();
    const timestamp = Date.now();
    await queue.addBulk(
      Array.from({ length: 20 }, (_, i) => ({ name: 'job', data: i, opts: { delay: 20, timestamp } })),
    );
    const started: number[] = [];
    const worker = bench.worker(queue, async job => void started.push(job.data));
    await waitForEvents(worker, 'completed', 20);
    expect(started).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('do not hold up a job that is due earlier, or at once', async () => {
    const queue = bench.queue();
    await queue.add('late', {}, { delay: 3_600_000 });
    const worker = bench.worker(queue, async job => job.name, { drainDelay: 60 });
    await worker.waitUntilReady();
    let completed = waitForEvent(worker, 'completed');
    await queue.add('soon', {}, { delay: 30 });
    expect((await completed)[1]).toBe('soon');
    completed = waitForEvent(worker, 'completed');
    await queue.add('now', {});
    expect((await completed)[1]).toBe('now');
    expect(await queue.getDelayedCount()).toBe(1);
  });

  it('start at once when they are promoted', async () => {
    const queue = bench.queue();
    const job = await queue.add('job', {}, { delay: 3_600_000 });
    const worker = bench.worker(queue, async () => 'promoted', { drainDelay: 60 });
    await worker.waitUntilReady();
    const completed = waitForEvent(worker, 'completed');
    await job.promote();
    expect((await completed)[1]).toBe('promoted');
  });

  it('follow a changed delay', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => job.id, { drainDelay: 60 });
    const job = await queue.add('job', {}, { delay: 3_600_000 });
    await worker.waitUntilReady();
    const completed = waitForEvent(worker, 'completed');
    const before = Date.now();
    await job.changeDelay(40);
    const [done] = await completed;
    expect(done.processedOn).toBeGreaterThanOrEqual(before + 40);
  });

  it('are delayed again from the processor with DelayedError, which takes no attempt', async () => {
    const queue = bench.queue();
    const job = await queue.add('job', { step: 0 });
    const seen: number[][] = [];
    let due = 0;
    const worker = bench.worker(queue, async (job, token) => {
      seen.push([job.data.step, job.attemptsMade, job.attemptsStarted]);
      if (job.data.step < 2) {
        await job.updateData({ step: job.data.step + 1 });
        due = Date.now() + 30;
        await job.moveToDelayed(due, token);
        throw new DelayedError();
      }
      return 'done';
    });
    const failures: unknown[] = [];
    worker.on('failed', (...args) => failures.push(args));
    const [done, result] = await waitForEvent(worker, 'completed');
    expect(result).toBe('done');
    expect(done.id).toBe(job.id);
    expect(seen).toEqual([
      [0, 0, 1],
      [1, 0, 2],
      [2, 0, 3],
    ]);
    expect(done.processedOn).toBeGreaterThanOrEqual(due);
    expect(failures).toEqual([]);
    expect(worker.errors).toEqual([]);
  });

  it('go on with other jobs after a DelayedError', async () => {
    const queue = bench.queue();
    await queue.addBulk([1, 2, 3].map(i => ({ name: i === 1 ? 'later' : 'job', data: i })));
    const worker = bench.worker(queue, async (job, token) => {
      if (job.name !== 'later') return job.data;
      await job.moveToDelayed(Date.now() + 3_600_000, token);
      const error = new Error('by its name alone');
      error.name = 'DelayedError';
      throw error;
    });
    await waitForEvents(worker, 'completed', 2);
    expect(await queue.getJobCounts('delayed', 'completed', 'active', 'failed')).toEqual({
      delayed: 1,
      completed: 2,
      active: 0,
      failed: 0,
    });
  });

  it('are not lost when the queue is paused as they fall due', async () => {
    const queue = bench.queue();
    await queue.pause();
    const worker = bench.worker(queue, async () => 'resumed');
    await worker.waitUntilReady();
    await queue.add('job', {}, { delay: 10 });
    await sleep(60);
    expect(await queue.getCompletedCount()).toBe(0);
    const completed = waitForEvent(worker, 'completed');
    await queue.resume();
    expect((await completed)[1]).toBe('resumed');
  });

  it('are all worked when many fall due together', async () => {
    const queue = bench.queue();
    bench.worker(queue, async () => undefined, { concurrency: 20 });
    await queue.addBulk(
      Array.from({ length: 300 }, (_, i) => ({ name: 'job', data: i, opts: { delay: 20 + (i % 30) } })),
    );
    await waitFor(async () => (await queue.getCompletedCount()) === 300);
    expect(await queue.getDelayedCount()).toBe(0);
  });
});
