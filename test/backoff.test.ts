// Backoff: how long a failed job waits before its next attempt. Only lower bounds are asserted.
import { useBench } from './support/queue';
import { waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

/** Runs one job that fails until its last attempt, and resolves with the pauses between its attempts, in ms. */
async function pauses(opts: object, workerOptions: Record<string, unknown> = {}): Promise<number[]> {
  const queue = bench.queue();
  await queue.add('job', {}, opts);
  const started: number[] = [];
  const ended: number[] = [];
  const attempts = (opts as { attempts: number }).attempts;
  const worker = bench.worker(
    queue,
    async job => {
      started.push(Date.now());
      if (job.attemptsMade + 1 < attempts) {
        ended.push(Date.now());
        throw new Error('again');
      }
    },
    workerOptions,
  );
  await waitForEvent(worker, 'completed');
  return ended.map((end, i) => started[i + 1] - end);
}

describe('backoff', () => {
  it('of a number is a fixed delay', async () => {
    for (const pause of await pauses({ attempts: 3, backoff: 40 })) expect(pause).toBeGreaterThanOrEqual(39);
  });

  it('fixed is the same delay each time', async () => {
    const measured = await pauses({ attempts: 3, backoff: { type: 'fixed', delay: 40 } });
    expect(measured).toHaveLength(2);
    for (const pause of measured) expect(pause).toBeGreaterThanOrEqual(39);
  });

  it('exponential doubles', async () => {
    const measured = await pauses({ attempts: 4, backoff: { type: 'exponential', delay: 20 } });
    expect(measured).toHaveLength(3);
    for (const [i, pause] of measured.entries()) expect(pause).toBeGreaterThanOrEqual(20 * 2 ** i - 1);
  });

  it('with jitter keeps its lower bound', async () => {
    const measured = await pauses({ attempts: 4, backoff: { type: 'fixed', delay: 60, jitter: 0.5 } });
    for (const pause of measured) expect(pause).toBeGreaterThanOrEqual(29);
    const doubled = await pauses({ attempts: 3, backoff: { type: 'exponential', delay: 40, jitter: 0.5 } });
    for (const [i, pause] of doubled.entries()) expect(pause).toBeGreaterThanOrEqual(20 * 2 ** i - 1);
  });

  it('leaves the job delayed, with the delay that was asked for', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {}, { attempts: 2, backoff: 3_600_000 });
    const worker = bench.worker(queue, async () => {
      throw new Error('again');
    });
    await waitForEvent(worker, 'failed');
    const stored = (await queue.getJob(added.id!))!;
    expect(await stored.getState()).toBe('delayed');
    expect(stored.delay).toBe(3_600_000);
    expect(stored.failedReason).toBe('again');
    expect(stored.attemptsMade).toBe(1);
  });

  it('lets other jobs run meanwhile', async () => {
    const queue = bench.queue();
    await queue.add('fails', {}, { attempts: 2, backoff: 60 });
    await queue.addBulk(Array.from({ length: 5 }, (_, i) => ({ name: 'job', data: i })));
    const order: string[] = [];
    const worker = bench.worker(queue, async job => {
      order.push(job.name);
      if (job.name === 'fails' && job.attemptsMade === 0) throw new Error('again');
    });
    await waitForEvents(worker, 'completed', 6);
    expect(order).toEqual(['fails', 'job', 'job', 'job', 'job', 'job', 'fails']);
  });

  it('can be a strategy of the worker, which is told all about the attempt', async () => {
    const queue = bench.queue();
    await queue.add('job', { tag: 'x' }, { attempts: 3, backoff: { type: 'mine', delay: 7 } });
    const calls: unknown[][] = [];
    const worker = bench.worker(
      queue,
      async job => {
        if (job.attemptsMade < 2) throw new Error(`attempt ${job.attemptsMade}`);
      },
      {
        settings: {
          backoffStrategy: (attemptsMade: number, type?: string, error?: Error, job?: any) => {
            calls.push([attemptsMade, type, error!.message, job.data.tag]);
            return 5;
          },
        },
      },
    );
    await waitForEvent(worker, 'completed');
    expect(calls).toEqual([
      [1, 'mine', 'attempt 0', 'x'],
      [2, 'mine', 'attempt 1', 'x'],
    ]);
  });

  it('can be an asynchronous strategy', async () => {
    const backoffStrategy = async (attemptsMade: number) => {
      await new Promise(resolve => setImmediate(resolve));
      return attemptsMade * 20;
    };
    const measured = await pauses({ attempts: 3, backoff: { type: 'custom' } }, { settings: { backoffStrategy } });
    for (const [i, pause] of measured.entries()) expect(pause).toBeGreaterThanOrEqual((i + 1) * 20 - 1);
  });

  it('strategy ends the attempts with -1, and retries at once with 0', async () => {
    for (const [answer, calls] of [
      [-1, 1],
      [0, 4],
    ]) {
      const queue = bench.queue();
      await queue.add('job', {}, { attempts: 4, backoff: { type: 'custom' } });
      let count = 0;
      const worker = bench.worker(
        queue,
        async () => {
          count++;
          throw new Error('again');
        },
        { settings: { backoffStrategy: () => answer } },
      );
      await waitFor(async () => (await queue.getFailedCount()) === 1);
      expect(count).toBe(calls);
      expect(worker.errors).toEqual([]);
    }
  });

  it('of an unknown type emits an error, and the worker goes on', async () => {
    const queue = bench.queue();
    await queue.add('unknown', {}, { attempts: 2, backoff: { type: 'nowhere' } });
    await queue.add('job', {});
    const worker = bench.worker(queue, async job => {
      if (job.name === 'unknown') throw new Error('again');
    });
    const [job] = await waitForEvent(worker, 'completed');
    expect(job.name).toBe('job');
    await waitFor(() => worker.errors.length > 0);
    expect(worker.errors[0].message).toMatch(/Unknown backoff strategy nowhere/);
  });
});
