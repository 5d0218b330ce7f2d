// What a processor can do with its job: progress, logs, data, lock, state.
import { WaitingError } from 'bullmq';
import { useBench } from './support/queue';
import { Gate, waitFor, waitForEvent } from './support/wait';

const bench = useBench();

describe('in the processor, job', () => {
  it('is complete: id, name, data, options, times, token', async () => {
    const queue = bench.queue();
    const added = await queue.add('name', { a: [1, { b: null }] }, { attempts: 4, jobId: 'my-id', priority: 2 });
    const worker = bench.worker(queue, async (job, token) => ({
      fields: [job.id, job.name, job.data, job.attemptsMade, job.attemptsStarted, job.queueName, job.stalledCounter],
      timestamp: job.timestamp,
      sameToken: job.token === token,
      token,
      opts: job.opts,
      started: job.processedOn,
      progress: job.progress,
      state: await job.getState(),
      isActive: await job.isActive(),
    }));
    const [, result] = await waitForEvent(worker, 'completed');
    expect(result.fields).toEqual(['my-id', 'name', { a: [1, { b: null }] }, 0, 1, queue.name, 0]);
    expect(result).toMatchObject({ timestamp: added.timestamp, sameToken: true, state: 'active', isActive: true });
    expect(result.token).toMatch(new RegExp(`^${worker.id}:\\d+$`));
    expect(result.opts).toMatchObject({ attempts: 4, jobId: 'my-id', priority: 2 });
    expect(result.started).toBeGreaterThanOrEqual(added.timestamp);
    expect(result.progress).toBe(0);
  });

  it('updateProgress() stores the progress and emits it, here and in QueueEvents', async () => {
    const queue = bench.queue();
    const events = await bench.events(queue);
    const values = [0, 50, { done: 3, of: 9 }, 'text', [1, 2], true];
    const remote: unknown[] = [];
    events.on('progress', ({ data }) => remote.push(data));
    const worker = bench.worker(queue, async job => {
      const stored: unknown[] = [];
      for (const value of values) {
        await job.updateProgress(value as never);
        stored.push((await queue.getJob(job.id!))!.progress);
      }
      return stored;
    });
    const local: unknown[] = [];
    worker.on('progress', (job, progress) => local.push([job.id, progress, job.progress]));
    const completed = waitForEvent(worker, 'completed');
    const added = await queue.add('job', {});
    expect((await completed)[1]).toEqual(values);
    expect(local).toEqual(values.map(value => [added.id, value, value]));
    await waitFor(() => remote.length === values.length);
    expect(remote).toEqual(values);
  });

  it('log() keeps the rows in order, and as many as keepLogs says', async () => {
    const queue = bench.queue();
    const all = await queue.add('job', {});
    const some = await queue.add('job', {}, { keepLogs: 2 });
    const worker = bench.worker(queue, async job => {
      const counts: number[] = [];
      for (const row of ['one', 'two', 'three 🐂\nof two lines']) counts.push(await job.log(row));
      return counts;
    });
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
    expect(await queue.getJobLogs(all.id!)).toEqual({ logs: ['one', 'two', 'three 🐂\nof two lines'], count: 3 });
    expect((await queue.getJobLogs(some.id!)).logs).toEqual(['two', 'three 🐂\nof two lines']);
    expect((await queue.getJob(some.id!))!.returnvalue).toEqual([1, 2, 2]);
    expect(worker.errors).toEqual([]);
  });

  it('updateData() stores the data, for the next attempt as well', async () => {
    const queue = bench.queue();
    await queue.add('job', { n: 0 }, { attempts: 3 });
    const worker = bench.worker(queue, async job => {
      await job.updateData({ n: job.data.n + 1 });
      if (job.data.n < 3) throw new Error('again');
      return job.data;
    });
    const [job, result] = await waitForEvent(worker, 'completed');
    expect(result).toEqual({ n: 3 });
    expect((await queue.getJob(job.id))!.data).toEqual({ n: 3 });
  });

  it('extendLock() works with the token, and with no other', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const worker = bench.worker(queue, async (job, token) => {
      const extended = await job.extendLock(token!, 120_000);
      const ttl = await bench.redis.client().pttl(queue.toKey(`${job.id}:lock`));
      const refused = await job.extendLock('another token', 120_000);
      return [extended, ttl, refused];
    });
    const [, [extended, ttl, refused]] = await waitForEvent(worker, 'completed');
    expect([extended, refused]).toEqual([1, 0]);
    expect(ttl).toBeGreaterThan(60_000);
  });

  it('moveToWait() with WaitingError puts the job back in line, without taking an attempt', async () => {
    const queue = bench.queue();
    await queue.add('job', 1);
    await queue.add('other', 2);
    const started: string[] = [];
    const worker = bench.worker(queue, async (job, token) => {
      started.push(job.name);
      if (started.length === 1) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      return job.attemptsMade;
    });
    const failures: unknown[] = [];
    worker.on('failed', (...args) => failures.push(args));
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
    expect(started.filter(name => name === 'job')).toHaveLength(2);
    expect(started).toHaveLength(3);
    expect((await queue.getJobs(['completed'])).map(job => job.returnvalue)).toEqual([0, 0]);
    expect([failures, worker.errors]).toEqual([[], []]);
  });

  it('remove() is refused while the job is locked', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened);
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await expect(added.remove()).rejects.toThrow('could not be removed because it is locked by another worker');
    const completed = waitForEvent(worker, 'completed');
    gate.open();
    await completed;
    await added.remove();
    expect(await queue.getJob(added.id!)).toBeUndefined();
  });

  it('sees what others stored while it ran', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', { a: 1 });
    const gate = new Gate();
    const worker = bench.worker(queue, async job => {
      await gate.opened;
      return [job.data, (await queue.getJob(job.id!))!.data];
    });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await added.updateData({ a: 2 });
    const completed = waitForEvent(worker, 'completed');
    gate.open();
    expect((await completed)[1]).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('can add jobs, to its own queue as well', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => {
      if (job.data.depth < 5) await queue.add('job', { depth: job.data.depth + 1 });
      return job.data.depth;
    });
    const completed = waitForEvent(worker, 'completed', (_, result) => result === 5);
    await queue.add('job', { depth: 0 });
    await completed;
    expect(await queue.getCompletedCount()).toBe(6);
  });
});

describe('job.waitUntilFinished()', () => {
  it('resolves with the result, and rejects with the reason', async () => {
    const queue = bench.queue();
    const events = await bench.events(queue);
    bench.worker(queue, async job => {
      if (job.name === 'fails') throw new Error('told to');
      return { name: job.name };
    });
    const good = await queue.add('works', {});
    expect(await good.waitUntilFinished(events)).toEqual({ name: 'works' });
    const bad = await queue.add('fails', {});
    await expect(bad.waitUntilFinished(events)).rejects.toThrow('told to');
  });
});
