// Stalled jobs: active without a lock. The sweep puts them back, or fails them when it happened too often.
import { useBench } from './support/queue';
import { Gate, sleep, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

/** Leaves `count` jobs active with a lock that runs out: what a worker leaves behind that was killed. */
async function abandon(count: number, opts: object = {}) {
  const queue = bench.queue();
  const added = await queue.addBulk(Array.from({ length: count }, (_, i) => ({ name: 'job', data: i, opts })));
  const manual = bench.worker(queue, undefined, { lockDuration: 20 });
  for (let i = 0; i < count; i++) await manual.getNextJob('dead');
  const locks = added.map(job => queue.toKey(`${job.id}:lock`));
  await waitFor(async () => (await bench.redis.client().exists(...locks)) === 0);
  return { queue, added };
}

describe('a stalled job', () => {
  it('is put back, announced, and run again', async () => {
    const { queue, added } = await abandon(1);
    const events = await bench.events(queue);
    const announced = waitForEvent(events, 'stalled');
    const worker = bench.worker(queue, async job => job.stalledCounter, { stalledInterval: 30 });
    const stalled = waitForEvent(worker, 'stalled');
    const [job, result] = await waitForEvent(worker, 'completed');
    expect(await stalled).toEqual([added[0].id, 'active']);
    expect((await announced)[0]).toEqual({ jobId: added[0].id });
    expect([job.id, result]).toEqual([added[0].id, 1]);
    expect(job.attemptsMade).toBe(1);
    expect(job.attemptsStarted).toBe(2);
    expect(worker.errors).toEqual([]);
  });

  it('is one of many, and all are recovered', async () => {
    const { queue, added } = await abandon(40);
    const worker = bench.worker(queue, async () => undefined, { stalledInterval: 30, concurrency: 10 });
    const stalled = waitForEvents(worker, 'stalled', 40);
    await waitFor(async () => (await queue.getCompletedCount()) === 40);
    expect((await stalled).map(([id]) => id).sort()).toEqual(added.map(job => job.id).sort());
  });

  it('fails when it stalled more often than maxStalledCount', async () => {
    const { queue, added } = await abandon(1, { attempts: 5 });
    let calls = 0;
    const worker = bench.worker(queue, async () => void calls++, { stalledInterval: 30, maxStalledCount: 0 });
    const [job, error, previous] = await waitForEvent(worker, 'failed');
    expect([job.id, error.message, previous]).toEqual([added[0].id, 'job stalled more than allowable limit', 'active']);
    await waitFor(async () => (await queue.getFailedCount()) === 1);
    const stored = (await queue.getJob(added[0].id!))!;
    expect(stored.failedReason).toBe('job stalled more than allowable limit');
    expect(calls).toBe(0);
  });

  it('may stall as often as maxStalledCount says', async () => {
    const { queue } = await abandon(1);
    const manual = bench.worker(queue, undefined, { lockDuration: 20, stalledInterval: 20, maxStalledCount: 2 });
    await manual.startStalledCheckTimer();
    await waitFor(async () => (await queue.getWaitingCount()) === 1);
    await manual.getNextJob('dead again');
    await waitFor(async () => (await queue.getWaitingCount()) === 1);
    const worker = bench.worker(queue, async job => job.stalledCounter, { skipStalledCheck: true });
    expect((await waitForEvent(worker, 'completed'))[1]).toBe(2);
  });

  it('is left alone with skipStalledCheck', async () => {
    const { queue, added } = await abandon(1);
    const worker = bench.worker(queue, async () => undefined, { stalledInterval: 20, skipStalledCheck: true });
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    await completed;
    await sleep(100);
    expect(await added[0].getState()).toBe('active');
  });

  it('is one whose worker closed by force', async () => {
    const queue = bench.queue();
    await queue.addBulk([1, 2, 3].map(i => ({ name: 'job', data: i })));
    const gate = new Gate();
    const first = bench.worker(queue, () => gate.opened, { concurrency: 3, lockDuration: 60, skipStalledCheck: true });
    await waitForEvents(first, 'active', 3);
    await first.close(true);
    const second = bench.worker(queue, async job => job.data, { stalledInterval: 30 });
    const results = (await waitForEvents(second, 'completed', 3)).map(([, result]) => result);
    expect(results.sort()).toEqual([1, 2, 3]);
    gate.open();
  });

  it('completes once: the first worker, that lost it, cannot finish it any more', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    const gate = new Gate();
    const loser = bench.worker(queue, () => gate.opened, {
      lockDuration: 40,
      skipLockRenewal: true,
      skipStalledCheck: true,
    });
    await waitForEvent(loser, 'active');
    const winner = bench.worker(queue, async () => 'winner', { stalledInterval: 30 });
    await waitForEvent(winner, 'completed');
    gate.open();
    await waitFor(() => loser.errors.length > 0);
    expect(loser.errors[0].message).toContain(`for job ${added.id}`);
    expect((await queue.getJob(added.id!))!.returnvalue).toBe('winner');
  });

  it('is removed when it fails with removeOnFail', async () => {
    const { queue, added } = await abandon(1, { removeOnFail: true });
    const worker = bench.worker(queue, async () => undefined, { stalledInterval: 30, maxStalledCount: 0 });
    const [job, error] = await waitForEvent(worker, 'failed');
    expect(job?.id ?? added[0].id).toBe(added[0].id);
    expect(error.message).toBe('job stalled more than allowable limit');
    await waitFor(async () => (await queue.getJob(added[0].id!)) === undefined);
  });
});
