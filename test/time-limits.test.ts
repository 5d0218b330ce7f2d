// timeLimit, softTimeLimit and cancelJob() of jobs on threads: work that can be stopped is, and nothing else suffers.
import { join } from 'node:path';
import { native, TimeLimitError } from 'aurochs';
import type { Job } from 'bullmq';
import { compile } from './support/compile';
import { useBench } from './support/queue';
import { sleep, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();
const does = join(__dirname, 'threads', 'does.cjs');
const many = (count: number) => Array.from({ length: count }, () => ({ name: 'where', data: {} }));

describe('a job on a JavaScript thread that never ends', () => {
  it('fails at its timeLimit; others complete, and the worker closes', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { timeLimit: 300, concurrency: 2 });
    const failed = waitForEvent(worker, 'failed');
    const completed = waitForEvents(worker, 'completed', 10);
    const job = await queue.add('forever', {});
    await queue.addBulk(many(10));
    const [stopped, error] = await failed;
    expect(stopped.id).toBe(job.id);
    expect(error).toBeInstanceOf(TimeLimitError);
    expect(error.message).toBe(`job ${job.id} ran longer than its timeLimit of 300 ms`);
    await completed;
    await worker.close();
    expect(await queue.getJobCounts('active', 'completed', 'failed', 'wait')).toEqual({
      active: 0,
      completed: 10,
      failed: 1,
      wait: 0,
    });
    expect(worker.errors).toEqual([]);
  });

  it('is retried by its attempts', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { timeLimit: 100 });
    const failed = waitForEvents(worker, 'failed', 2);
    const job = await queue.add('forever', {}, { attempts: 2 });
    await failed;
    await waitFor(async () => (await job.getState()) === 'failed');
    expect((await queue.getJob(job.id!))!.attemptsMade).toBe(2);
  });

  it('may lower the limit itself', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const failed = waitForEvent(worker, 'failed');
    await queue.add('forever', {}, { timeLimit: 100 });
    expect((await failed)[1].message).toMatch(/timeLimit of 100 ms/);
  });

  it('is ended for cancelJob() too, with its reason', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const started = waitForEvent(worker, 'active');
    const job = await queue.add('forever', {});
    await started;
    const failed = waitForEvent(worker, 'failed');
    const completed = waitForEvents(worker, 'completed', 3);
    await queue.addBulk(many(3));
    expect(worker.cancelJob(job.id!, 'not wanted')).toBe(true);
    expect((await failed)[1].message).toBe('not wanted');
    await completed;
  });

  it('never starts when it is cancelled before it has a thread', async () => {
    const queue = bench.queue();
    await queue.addBulk(Array.from({ length: 3 }, () => ({ name: 'forever', data: {} })));
    const worker = bench.worker(queue, does, { concurrency: 3 });
    worker.on('active', job => void worker.cancelJob(job.id!, 'at once'));
    const failed = await waitForEvents(worker, 'failed', 3);
    for (const [, error] of failed) expect(error.message).toBe('at once');
  });

  it('costs the other jobs of its thread no attempt', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { threads: 1, concurrency: 2, timeLimit: 400 });
    const failed = waitForEvent(worker, 'failed');
    const held = waitForEvent(worker, 'progress');
    const other = await queue.add('hold', {}, { attempts: 1 });
    await held;
    const culprit = await queue.add('forever', {}, { timeLimit: 100, attempts: 1 });
    expect((await failed)[0].id).toBe(culprit.id);
    // It is held again, on another thread, and ends when it is told to.
    await waitForEvent(worker, 'progress');
    const completed = waitForEvent(worker, 'completed');
    worker.cancelJob(other.id!);
    await completed;
    expect(await queue.getJob(other.id!)).toMatchObject({ attemptsMade: 1, stalledCounter: 0 });
  });
});

describe('a job that can listen', () => {
  it('gets its signal aborted at the softTimeLimit, with the error as the reason', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { softTimeLimit: 100 });
    const failed = waitForEvent(worker, 'failed');
    await queue.add('untilAborted', {});
    const [, error] = await failed;
    expect(error).toBeInstanceOf(TimeLimitError);
    expect(error.message).toMatch(/softTimeLimit of 100 ms/);
  });

  it('keeps its thread when cancelJob() aborts its signal', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const where = async () => {
      const completed = waitForEvent(worker, 'completed');
      await queue.add('where', {});
      return (await completed)[1] as number;
    };
    const before = await where();
    const held = waitForEvent(worker, 'progress');
    const job = await queue.add('hold', {});
    await held;
    const completed = waitForEvent(worker, 'completed');
    worker.cancelJob(job.id!);
    await completed;
    // Longer than a thread has that does not answer.
    await sleep(1200);
    expect(await where()).toBe(before);
  });
});

describe('an inline job', () => {
  it('gets its signal aborted at the timeLimit, and fails with a TimeLimitError', async () => {
    const queue = bench.queue();
    const worker = bench.worker(
      queue,
      (_job: Job, _token?: string, signal?: AbortSignal) =>
        new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('aborted')))),
      { timeLimit: 100 },
    );
    const failed = waitForEvent(worker, 'failed');
    await queue.add('job', {});
    const [, error] = await failed;
    expect(error).toBeInstanceOf(TimeLimitError);
    expect(error.cause).toMatchObject({ message: 'aborted' });
  });

  it('completes when it has not listened, but has come to its end in time', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, () => sleep(300).then(() => 'late'), { timeLimit: 100 });
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    expect((await completed)[1]).toBe('late');
  });

  it('loses its lock when it goes on and on, and the worker goes on without it', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, (job: Job) => (job.name === 'stuck' ? new Promise(() => {}) : 'done'), {
      timeLimit: 100,
      lockDuration: 1000,
    });
    const job = await queue.add('stuck', {});
    await waitFor(() => worker.errors.length > 0);
    expect(worker.errors[0]).toBeInstanceOf(TimeLimitError);
    expect(worker.errors[0].message).toMatch(/can't be stopped.*recovered as stalled/);
    const key = queue.toKey(`${job.id}:lock`);
    await waitFor(async () => (await bench.redis.client().exists(key)) === 0);
    const completed = waitForEvent(worker, 'completed');
    await queue.add('next', {});
    await completed;
  });
});

describe('an attempt that has failed', () => {
  it('is over, however long the event loop takes to hear of it', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { timeLimit: 1000, lockDuration: 20_000 });
    const failed = waitForEvent(worker, 'failed');
    const active = waitForEvent(worker, 'active');
    await queue.add('throwLate', { ms: 200 });
    const next = await queue.add('where', {});
    await active;
    const end = Date.now() + 7000; // longer than the limit and what it leaves a job that does not listen
    while (Date.now() < end);
    expect((await failed)[1].message).toBe('on purpose');
    await waitFor(async () => (await next.getState()) === 'completed');
    expect(worker.errors).toEqual([]);
  });
});

describe('a native job', () => {
  const library = compile(`
    #include <aurochs/processor.h>
    #include <time.h>
    static void nap(void) {
      struct timespec ms = {0, 1000000};
      nanosleep(&ms, 0);
    }
    AUROCHS_PROCESSOR(listens) {
      while (!api->cancelled(job)) nap();
      return api->fail(job, "stopped", 0);
    }
    AUROCHS_PROCESSOR(ignores) {
      for (int i = 0; i < 7000; i++) nap();
      return api->succeed(job, "1", 1);
    }`);

  it('that asks cancelled() fails with a TimeLimitError', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(library, 'listens'), { timeLimit: 100 });
    const failed = waitForEvent(worker, 'failed');
    await queue.add('job', {});
    expect((await failed)[1]).toBeInstanceOf(TimeLimitError);
  });

  it('that ignores it loses its lock, and the worker closes', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(library, 'ignores'), { timeLimit: 100 });
    await queue.add('job', {});
    await waitFor(() => worker.errors.length > 0);
    expect(worker.errors[0].message).toMatch(/can't be stopped/);
    await worker.close();
    expect(await queue.getActiveCount()).toBe(1);
  });
});
