// Attempts: how often a failed job runs again, and what is recorded about each attempt.
import { UnrecoverableError } from 'bullmq';
import { useBench } from './support/queue';
import { waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

describe('attempts', () => {
  it('fail at once by default', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const worker = bench.worker(queue, async () => {
      throw new Error('no luck');
    });
    const [job, error, previous] = await waitForEvent(worker, 'failed');
    expect(error.message).toBe('no luck');
    expect(previous).toBe('active');
    expect(job.failedReason).toBe('no luck');
    expect([job.attemptsMade, job.attemptsStarted]).toEqual([1, 1]);
    expect(job.finishedOn).toBeGreaterThanOrEqual(job.processedOn);
    const stored = (await queue.getJob(job.id))!;
    expect(await stored.getState()).toBe('failed');
    expect([stored.failedReason, stored.attemptsMade, stored.attemptsStarted]).toEqual(['no luck', 1, 1]);
    expect(stored.finishedOn).toBe(job.finishedOn);
  });

  it('run until one succeeds', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {}, { attempts: 5 });
    const seen: unknown[][] = [];
    const worker = bench.worker(queue, async job => {
      seen.push([job.attemptsMade, job.attemptsStarted, job.failedReason]);
      if (job.attemptsMade < 3) throw new Error(`attempt ${job.attemptsMade}`);
      return 'at last';
    });
    const failures: unknown[][] = [];
    worker.on('failed', (job, error) => failures.push([job!.attemptsMade, error.message]));
    const [job, result] = await waitForEvent(worker, 'completed');
    expect(result).toBe('at last');
    expect(seen).toEqual([
      [0, 1, undefined],
      [1, 2, 'attempt 0'],
      [2, 3, 'attempt 1'],
      [3, 4, 'attempt 2'],
    ]);
    expect(failures).toEqual([
      [1, 'attempt 0'],
      [2, 'attempt 1'],
      [3, 'attempt 2'],
    ]);
    expect(job.attemptsMade).toBe(4);
    const stored = (await queue.getJob(added.id!))!;
    expect([stored.attemptsMade, stored.attemptsStarted, stored.returnvalue]).toEqual([4, 4, 'at last']);
    expect(stored.stacktrace).toHaveLength(3);
  });

  it('end when they are used up', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {}, { attempts: 3 });
    const worker = bench.worker(queue, async job => {
      throw new Error(`attempt ${job.attemptsMade}`);
    });
    const failed = await waitForEvents(worker, 'failed', 3);
    expect(failed.map(([, error]) => error.message)).toEqual(['attempt 0', 'attempt 1', 'attempt 2']);
    const stored = (await queue.getJob(added.id!))!;
    expect(await stored.getState()).toBe('failed');
    expect(stored.attemptsMade).toBe(3);
    expect(stored.failedReason).toBe('attempt 2');
    expect(stored.stacktrace!.map(trace => trace.split('\n')[0])).toEqual([
      'Error: attempt 0',
      'Error: attempt 1',
      'Error: attempt 2',
    ]);
  });

  it('end at an UnrecoverableError, by class or by name', async () => {
    const queue = bench.queue();
    await queue.addBulk(['class', 'name'].map(name => ({ name, data: {}, opts: { attempts: 10 } })));
    let calls = 0;
    const worker = bench.worker(queue, async job => {
      calls++;
      if (job.name === 'class') throw new UnrecoverableError('for good');
      throw Object.assign(new Error('for good'), { name: 'UnrecoverableError' });
    });
    const failed = await waitForEvents(worker, 'failed', 2);
    expect(failed.map(([job]) => job.attemptsMade)).toEqual([1, 1]);
    expect(await queue.getFailedCount()).toBe(2);
    expect(calls).toBe(2);
  });

  it('keep as many stack traces as stackTraceLimit says', async () => {
    const queue = bench.queue();
    const none = await queue.add('job', {}, { attempts: 3, stackTraceLimit: 0 });
    const one = await queue.add('job', {}, { attempts: 3, stackTraceLimit: 1 });
    const worker = bench.worker(queue, async job => {
      throw new Error(`attempt ${job.attemptsMade}`);
    });
    await waitForEvents(worker, 'failed', 6);
    await waitFor(async () => (await queue.getFailedCount()) === 2);
    expect((await queue.getJob(none.id!))!.stacktrace).toEqual([]);
    const { stacktrace } = (await queue.getJob(one.id!))!;
    expect(stacktrace!.map(trace => trace.split('\n')[0])).toEqual(['Error: attempt 2']);
  });

  it('start again with job.retry()', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    let broken = true;
    const worker = bench.worker(queue, async job => {
      if (broken) throw new Error('broken');
      return job.attemptsStarted;
    });
    await waitForEvent(worker, 'failed');
    broken = false;
    const completed = waitForEvent(worker, 'completed');
    await (await queue.getJob(added.id!))!.retry();
    const [job, result] = await completed;
    expect(job.id).toBe(added.id);
    expect(result).toBe(2);
    expect(job.attemptsMade).toBe(2);
  });

  it('start again for completed jobs as well', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    const worker = bench.worker(queue, async job => job.attemptsMade);
    await waitForEvent(worker, 'completed');
    const completed = waitForEvent(worker, 'completed');
    const stored = (await queue.getJob(added.id!))!;
    await stored.retry('completed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    const [job, result] = await completed;
    expect([job.id, result, job.attemptsStarted]).toEqual([added.id, 0, 1]);
  });

  it('of several jobs do not disturb one another', async () => {
    const queue = bench.queue();
    const attempts = 3;
    await queue.addBulk(Array.from({ length: 30 }, (_, i) => ({ name: 'job', data: i, opts: { attempts } })));
    const starts = new Map<string, number>();
    bench.worker(
      queue,
      async job => {
        starts.set(job.id!, (starts.get(job.id!) ?? 0) + 1);
        if (job.data % 3 === 0) throw new Error('always');
        if (job.data % 3 === 1 && job.attemptsMade < 1) throw new Error('once');
      },
      { concurrency: 5 },
    );
    await waitFor(async () => (await queue.getCompletedCount()) === 20 && (await queue.getFailedCount()) === 10);
    expect([...starts.values()].sort()).toEqual([...Array(10).fill(1), ...Array(10).fill(2), ...Array(10).fill(3)]);
  });

  it('of all failed jobs start again with queue.retryJobs()', async () => {
    const queue = bench.queue();
    await queue.addBulk(Array.from({ length: 10 }, (_, i) => ({ name: 'job', data: i })));
    let broken = true;
    const worker = bench.worker(queue, async () => {
      if (broken) throw new Error('broken');
    });
    await waitForEvents(worker, 'failed', 10);
    broken = false;
    await queue.retryJobs();
    await waitFor(async () => (await queue.getCompletedCount()) === 10);
  });
});

describe('maxStartedAttempts', () => {
  it('ends the retries however many attempts are left', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {}, { attempts: 10 });
    let calls = 0;
    const worker = bench.worker(
      queue,
      async () => {
        calls++;
        throw new Error('again');
      },
      { maxStartedAttempts: 2 },
    );
    await waitFor(async () => (await queue.getFailedCount()) === 1);
    expect(calls).toBe(2);
    expect((await queue.getJob(added.id!))!.failedReason).toBe('again');
    expect(worker.errors).toEqual([]);
  });

  it('fails a job that was started too often before, without calling the processor', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', { step: 0 }, { attempts: 10 });
    const manual = bench.worker(queue);
    for (let i = 0; i < 2; i++) {
      const job = await manual.getNextJob('token');
      await job!.moveToWait('token');
    }
    let calls = 0;
    const worker = bench.worker(queue, async () => void calls++, { maxStartedAttempts: 2 });
    const [job, error] = await waitForEvent(worker, 'failed');
    expect(job.id).toBe(added.id);
    expect(error).toBeInstanceOf(UnrecoverableError);
    expect(error.message).toBe('job started more than allowable limit');
    expect(calls).toBe(0);
    expect(await queue.getFailedCount()).toBe(1);
  });
});
