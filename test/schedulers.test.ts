// Job schedulers: the next iteration is scheduled when one starts.
import type { Job, RepeatOptions } from 'bullmq';
import { useBench } from './support/queue';
import { Gate, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

/** The schedule that an iteration carries in its options. */
const repeatOf = (job: Job) => (job.opts as { repeat?: RepeatOptions }).repeat;

describe('job schedulers', () => {
  it('run every so often', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => job.name);
    const completed = waitForEvents(worker, 'completed', 4);
    await queue.upsertJobScheduler('tick', { every: 40 }, { name: 'tick', data: { a: 1 } });
    const jobs = (await completed).map(([job]) => job);
    expect(new Set(jobs.map(job => job.id)).size).toBe(4);
    expect(jobs.map(job => job.name)).toEqual(['tick', 'tick', 'tick', 'tick']);
    for (const job of jobs) {
      expect(job.data).toEqual({ a: 1 });
      expect(job.repeatJobKey).toBe('tick');
    }
    for (let i = 1; i < 4; i++) {
      const due = Number(jobs[i].id.split(':')[2]);
      const gap = due - Number(jobs[i - 1].id.split(':')[2]);
      expect(gap).toBeGreaterThan(0);
      expect(gap % 40).toBe(0); // an iteration that comes late skips the times that have passed
      expect(jobs[i].processedOn).toBeGreaterThanOrEqual(due);
    }
    await queue.removeJobScheduler('tick');
  });

  it('schedule the next iteration when one starts, not when it ends', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    let started = false;
    const worker = bench.worker(queue, () => {
      started = true;
      return gate.opened;
    });
    await queue.upsertJobScheduler('hourly', { every: 3_600_000 });
    await waitFor(() => started);
    expect(await queue.getDelayedCount()).toBe(1);
    const [next] = await queue.getDelayed();
    expect(next.repeatJobKey).toBe('hourly');
    expect((await queue.getJobScheduler('hourly'))!.iterationCount).toBe(2);
    const completed = waitForEvent(worker, 'completed');
    gate.open();
    await completed;
    expect(await queue.getDelayedCount()).toBe(1);
  });

  it('keep one next iteration, however many workers there are', async () => {
    const queue = bench.queue();
    for (let i = 0; i < 3; i++) bench.worker(queue, async () => undefined, { concurrency: 3 });
    await queue.upsertJobScheduler('tick', { every: 25 });
    await waitFor(async () => (await queue.getCompletedCount()) >= 5);
    const { delayed, wait } = await queue.getJobCounts('delayed', 'wait');
    expect(delayed + wait).toBeLessThanOrEqual(1);
    await queue.removeJobScheduler('tick');
    const ids = (await queue.getCompleted()).map(job => job.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('go on after a failed iteration', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => {
      throw new Error('every time');
    });
    const failed = waitForEvents(worker, 'failed', 3);
    await queue.upsertJobScheduler('tick', { every: 25 });
    expect(new Set((await failed).map(([job]) => job.id)).size).toBe(3);
    await queue.removeJobScheduler('tick');
    expect(worker.errors).toEqual([]);
  });

  it('end at their limit', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => undefined);
    const completed = waitForEvents(worker, 'completed', 3);
    await queue.upsertJobScheduler('three', { every: 20, limit: 3 });
    await completed;
    await waitFor(async () => (await queue.getDelayedCount()) === 0);
    expect(await queue.getJobCounts('wait', 'active', 'completed')).toEqual({ wait: 0, active: 0, completed: 3 });
    expect(worker.errors).toEqual([]);
  });

  it('follow a pattern', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => repeatOf(job));
    const completed = waitForEvent(worker, 'completed');
    await queue.upsertJobScheduler('cron', { pattern: '* * * * * *' }, { name: 'second' });
    const [job, repeat] = await completed;
    expect(job.name).toBe('second');
    expect(repeat).toMatchObject({ pattern: '* * * * * *', count: 1 });
    await waitFor(async () => (await queue.getDelayedCount()) === 1);
    expect(repeatOf((await queue.getDelayed())[0])).toMatchObject({ count: 2 });
    await queue.removeJobScheduler('cron');
  });

  it('take up changed data and options with the next iteration', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    const worker = bench.worker(queue, async job => {
      if (job.data.v === 1) await gate.opened;
      return [job.data.v, job.opts.attempts];
    });
    await queue.upsertJobScheduler('tick', { every: 30 }, { name: 'tick', data: { v: 1 }, opts: { attempts: 2 } });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    const completed = waitForEvent(worker, 'completed', (_, result) => result[0] === 2);
    await queue.upsertJobScheduler('tick', { every: 30 }, { name: 'tick', data: { v: 2 }, opts: { attempts: 5 } });
    gate.open();
    expect((await completed)[1]).toEqual([2, 5]);
    await queue.removeJobScheduler('tick');
  });

  it('stop when they are removed, while the iteration in flight ends', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened);
    await queue.upsertJobScheduler('tick', { every: 30 });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    expect(await queue.removeJobScheduler('tick')).toBe(true);
    const completed = waitForEvent(worker, 'completed');
    gate.open();
    await completed;
    expect(await queue.getJobCounts('wait', 'delayed', 'completed')).toEqual({ wait: 0, delayed: 0, completed: 1 });
  });

  it('with retries repeat the attempt, not the schedule', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => {
      if (job.attemptsMade === 0) throw new Error('once');
      return job.id;
    });
    const completed = waitForEvent(worker, 'completed');
    await queue.upsertJobScheduler('hourly', { every: 3_600_000 }, { opts: { attempts: 3 } });
    const [job] = await completed;
    expect(job.attemptsMade).toBe(2);
    expect(await queue.getDelayedCount()).toBe(1);
    expect((await queue.getJobScheduler('hourly'))!.iterationCount).toBe(2);
  });

  it('of several names run beside one another and beside plain jobs', async () => {
    const queue = bench.queue();
    const seen = new Map<string, number>();
    bench.worker(queue, async job => void seen.set(job.name, (seen.get(job.name) ?? 0) + 1), { concurrency: 5 });
    await queue.upsertJobScheduler('a', { every: 30 }, { name: 'a' });
    await queue.upsertJobScheduler('b', { every: 50 }, { name: 'b' });
    await queue.addBulk(Array.from({ length: 50 }, () => ({ name: 'plain', data: {} })));
    await waitFor(() => seen.get('a')! >= 3 && seen.get('b')! >= 2 && seen.get('plain') === 50);
    expect(await queue.getJobSchedulersCount()).toBe(2);
    await queue.removeJobScheduler('a');
    await queue.removeJobScheduler('b');
  });
});
