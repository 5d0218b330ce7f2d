// cancelJob() and cancelAllJobs(): the processor's AbortSignal.
import { native } from 'aurochs';
import { UnrecoverableError, type Job } from 'bullmq';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { isAurochs } from './support/subject';
import { Gate, waitFor, waitForEvent, waitForEvents, within } from './support/wait';

const bench = useBench();

/** Jobs whose processor runs. A job can be cancelled from then on, which is a little later than its `active` event. */
const running: Job[] = [];
beforeEach(() => void (running.length = 0));

/** A processor that ends only when its signal says so. */
function untilAborted(job: Job, _token?: string, signal?: AbortSignal): Promise<never> {
  running.push(job);
  return new Promise((_, reject) => {
    signal!.addEventListener('abort', () => reject(new Error(`aborted: ${String(signal!.reason)}`)));
  });
}

/** Processors that say that they run, and end only when they are cancelled. */
const stubborn: Record<string, () => object> = {
  inline: () => async (job: Job, _token: string, signal: AbortSignal) => {
    await job.updateProgress(1);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('cancelled')));
    });
  },
  ...(isAurochs ? { native: () => native(fixtures(), 'until_cancelled') } : {}),
};

describe('cancelJob()', () => {
  it('aborts the signal with its reason, and the attempt fails as the processor says', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    const worker = bench.worker(queue, untilAborted);
    await waitFor(() => running.length === 1);
    const failed = waitForEvent(worker, 'failed');
    expect(worker.cancelJob(added.id!, 'enough')).toBe(true);
    const [job, error] = await failed;
    expect(job.id).toBe(added.id);
    expect(error.message).toBe('aborted: enough');
  });

  it('leaves the job to retry, unless the processor says otherwise', async () => {
    const queue = bench.queue();
    await queue.add('retried', {}, { attempts: 2 });
    await queue.add('final', {}, { attempts: 2 });
    const worker = bench.worker(
      queue,
      (job, token, signal) => {
        if (job.attemptsMade > 0) return Promise.resolve('second attempt');
        return untilAborted(job, token, signal).catch((error: Error) => {
          throw job.name === 'final' ? new UnrecoverableError(error.message) : error;
        });
      },
      { concurrency: 2 },
    );
    await waitFor(() => running.length === 2);
    const completed = waitForEvent(worker, 'completed');
    for (const job of running) expect(worker.cancelJob(job.id!)).toBe(true);
    const [job, result] = await completed;
    expect([job.name, result]).toEqual(['retried', 'second attempt']);
    await waitFor(async () => (await queue.getFailedCount()) === 1);
    expect((await queue.getFailed())[0].name).toBe('final');
  });

  it('lets a processor complete that does not care', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    const gate = new Gate();
    const worker = bench.worker(queue, async (job, _token, signal) => {
      running.push(job);
      await gate.opened;
      return signal!.aborted;
    });
    await waitFor(() => running.length === 1);
    expect(worker.cancelJob(added.id!)).toBe(true);
    const completed = waitForEvent(worker, 'completed');
    gate.open();
    expect((await completed)[1]).toBe(true);
  });

  it('is false for a job that is not in flight, and for a processor that takes no signal', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    const gate = new Gate();
    const worker = bench.worker(queue, async job => {
      running.push(job);
      return gate.opened;
    });
    await waitFor(() => running.length === 1);
    expect(worker.cancelJob('nobody')).toBe(false);
    expect(worker.cancelJob(added.id!)).toBe(false);
    const completed = waitForEvent(worker, 'completed');
    gate.open();
    await completed;
    expect(worker.cancelJob(added.id!)).toBe(false);
  });

  it.each([5, undefined, null, {}, '', Symbol('id')])('is false for %p, which is no id', async id => {
    const queue = bench.queue();
    await queue.add('job', {});
    const worker = bench.worker(queue, untilAborted);
    await waitFor(() => running.length === 1);
    expect(worker.cancelJob(id as never)).toBe(false);
    expect(await running[0].getState()).toBe('active');
    const failed = waitForEvent(worker, 'failed');
    expect(worker.cancelJob(running[0].id!, id as never)).toBe(true);
    await failed;
  });

  it('gives each job a signal of its own', async () => {
    const queue = bench.queue();
    const [, second] = await queue.addBulk([1, 2, 3].map(i => ({ name: 'job', data: i })));
    const signals = new Map<number, AbortSignal>();
    const gate = new Gate();
    const worker = bench.worker(
      queue,
      async (job, _token, signal) => {
        signals.set(job.data, signal!);
        await gate.opened;
      },
      { concurrency: 3 },
    );
    await waitFor(() => signals.size === 3);
    worker.cancelJob(second.id!);
    expect([1, 2, 3].map(i => signals.get(i)!.aborted)).toEqual([false, true, false]);
    const completed = waitForEvents(worker, 'completed', 3);
    gate.open();
    await completed;
  });
});

describe.each(Object.entries(stubborn))(
  'a job that stalled, and came back to the same worker (%s)',
  (kind, processor) => {
    it('is cancelled, and ends once', async () => {
      const queue = bench.queue();
      const added = await queue.add('job', {});
      const worker = bench.worker(queue, processor(), { concurrency: 2, maxStalledCount: 5, skipStalledCheck: true });
      const runs = waitForEvents(worker, 'progress', 2);
      const sweeper = bench.worker(queue, undefined, { stalledInterval: 20, maxStalledCount: 5 });
      const stalled = waitForEvent(sweeper, 'stalled');
      await waitForEvent(worker, 'active');
      await bench.redis.client().del(queue.toKey(`${added.id}:lock`));
      await sweeper.startStalledCheckTimer();
      await stalled;
      await sweeper.close();
      await runs;
      const failed = waitForEvent(worker, 'failed');
      expect(worker.cancelJob(added.id!, 'enough')).toBe(true);
      expect((await failed)[1].message).toBe('cancelled');
      await waitFor(async () => (await queue.getFailedCount()) === 1);
      expect(await queue.getActiveCount()).toBe(0);
      // An inline job's signal is that of its last run, as BullMQ's is; native runs are reached both.
      if (kind === 'native') await within(worker.close(), 'both runs to end');
    });
  },
);

describe('cancelAllJobs()', () => {
  it('aborts every job in flight', async () => {
    const queue = bench.queue();
    await queue.addBulk(Array.from({ length: 8 }, (_, i) => ({ name: 'job', data: i })));
    const worker = bench.worker(queue, untilAborted, { concurrency: 5 });
    await waitFor(() => running.length === 5);
    const failed = waitForEvents(worker, 'failed', 5);
    worker.cancelAllJobs('shutting down');
    expect((await failed).map(([, error]) => error.message)).toEqual(Array(5).fill('aborted: shutting down'));
    await waitFor(() => running.length === 8);
    worker.cancelAllJobs();
    await waitFor(async () => (await queue.getFailedCount()) === 8);
  });
});
