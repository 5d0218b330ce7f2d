// Locks: set when a job starts, renewed while it runs, gone when it ends; and what happens when one is lost.
import { native } from 'aurochs';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { isAurochs } from './support/subject';
import { Gate, sleep, waitFor, waitForEvent } from './support/wait';

const bench = useBench();

/** Jobs that last until they are cancelled. */
const endless: Record<string, () => object> = {
  inline: () => (_job: unknown, _token: unknown, signal: AbortSignal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled')))),
  ...(isAurochs ? { native: () => native(fixtures(), 'until_cancelled') } : {}),
};

describe('the lock of a job', () => {
  it('holds the token for lockDuration while the job is active, and goes with it', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    const key = queue.toKey(`${added.id}:lock`);
    const worker = bench.worker(
      queue,
      async (_job, token) => [await bench.redis.client().get(key), token, await bench.redis.client().pttl(key)],
      { lockDuration: 40_000 },
    );
    const [, [stored, token, ttl]] = await waitForEvent(worker, 'completed');
    expect(stored).toBe(token);
    expect(ttl).toBeGreaterThan(20_000);
    expect(ttl).toBeLessThanOrEqual(40_000);
    expect(await bench.redis.client().exists(key)).toBe(0);
  });

  it('is 30 s long by default, and renewed after half of that', async () => {
    const worker = bench.worker(bench.queue(), async () => undefined);
    expect(worker.opts.lockDuration).toBe(30_000);
    expect(worker.opts.lockRenewTime).toBe(15_000);
  });

  it('is renewed while the job runs, so that nobody takes the job', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    const gate = new Gate();
    let runs = 0;
    const processor = () => {
      runs++;
      return gate.opened;
    };
    const options = { lockDuration: 300, lockRenewTime: 60, stalledInterval: 50 };
    const worker = bench.worker(queue, processor, options);
    const stalled: unknown[] = [];
    const watcher = bench.worker(queue, processor, options);
    for (const each of [worker, watcher]) each.on('stalled', id => stalled.push(id));
    const renewed: unknown[] = [];
    for (const each of [worker, watcher]) each.on('locksRenewed', args => renewed.push(args));
    await waitFor(() => renewed.length >= 12); // far longer than one lock lasts
    gate.open();
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    for (const args of renewed) expect(args).toEqual({ count: 1, jobIds: [added.id] });
    expect([runs, stalled]).toEqual([1, []]);
    expect([...worker.errors, ...watcher.errors]).toEqual([]);
  });

  it.each(Object.entries(endless))(
    'rises to lockDuration again and again, long before it runs out (%s)',
    async (_, processor) => {
      const [lockDuration, lockRenewTime] = [20_000, 200];
      const queue = bench.queue();
      const worker = bench.worker(queue, processor(), { lockDuration, lockRenewTime, skipStalledCheck: true });
      const active = waitForEvent(worker, 'active');
      const added = await queue.add('job', {});
      const key = queue.toKey(`${added.id}:lock`);
      await active;
      const start = Date.now();
      const token = await bench.redis.client().get(key);
      expect(token).toContain(worker.id);
      const seen = [await bench.redis.client().pttl(key)];
      let rises = 0;
      await waitFor(
        async () => {
          seen.push(await bench.redis.client().pttl(key));
          if (seen.at(-1)! > seen.at(-2)!) rises++;
          return rises === 6;
        },
        { what: 'the lock to be renewed', interval: 5 },
      );
      // Half of lockRenewTime lies between two renewals; here with room for one that arrives late.
      expect(Date.now() - start).toBeGreaterThanOrEqual((4 * lockRenewTime) / 2);
      expect(Math.min(...seen)).toBeGreaterThan(lockDuration / 2);
      expect(Math.max(...seen)).toBeLessThanOrEqual(lockDuration);
      expect(await bench.redis.client().get(key)).toBe(token);
      const failed = waitForEvent(worker, 'failed');
      worker.cancelAllJobs();
      await failed;
      await waitFor(async () => (await bench.redis.client().exists(key)) === 0);
      expect(worker.errors).toEqual([]);
    },
  );

  it('is renewed for all jobs in flight in one go', async () => {
    const queue = bench.queue();
    const added = await queue.addBulk([1, 2, 3].map(i => ({ name: 'job', data: i })));
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened, { concurrency: 3, lockDuration: 2000, lockRenewTime: 60 });
    const [{ count, jobIds }] = await waitForEvent(worker, 'locksRenewed', args => args.count === 3);
    expect(count).toBe(3);
    expect([...jobIds].sort()).toEqual(added.map(job => job.id).sort());
    gate.open();
  });

  it('is not renewed with skipLockRenewal', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened, {
      lockDuration: 60,
      lockRenewTime: 20,
      skipLockRenewal: true,
      skipStalledCheck: true,
    });
    const renewed: unknown[] = [];
    worker.on('locksRenewed', args => renewed.push(args));
    await waitForEvent(worker, 'active');
    await waitFor(async () => (await bench.redis.client().exists(queue.toKey(`${added.id}:lock`))) === 0);
    expect(await added.getState()).toBe('active');
    expect(renewed).toEqual([]);
    gate.open();
  });

  it('that somebody took away: renewal fails, the job cannot be completed, the worker goes on', async () => {
    const queue = bench.queue();
    const added = await queue.add('stolen', {});
    const gate = new Gate();
    const worker = bench.worker(queue, async job => (job.name === 'stolen' ? gate.opened : job.name), {
      lockDuration: 400,
      lockRenewTime: 40,
      skipStalledCheck: true,
    });
    await waitForEvent(worker, 'active');
    const failed = waitForEvent(worker, 'lockRenewalFailed');
    await bench.redis.client().set(queue.toKey(`${added.id}:lock`), 'a thief');
    expect((await failed)[0]).toEqual([added.id]);
    await waitFor(() => worker.errors.some(error => error.message === `could not renew lock for job ${added.id}`));
    const completed = waitForEvent(worker, 'completed');
    gate.open();
    await queue.add('next', {});
    expect((await completed)[1]).toBe('next');
    await waitFor(() => worker.errors.some(error => /Lock mismatch for job .* moveToFinished/.test(error.message)));
    expect(await added.getState()).toBe('active');
  });

  it('that ran out: the job cannot be completed', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {});
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened, {
      lockDuration: 50,
      skipLockRenewal: true,
      skipStalledCheck: true,
    });
    const completions: unknown[] = [];
    worker.on('completed', (...args) => completions.push(args));
    await waitForEvent(worker, 'active');
    await waitFor(async () => (await bench.redis.client().exists(queue.toKey(`${added.id}:lock`))) === 0);
    gate.open();
    await waitFor(() => worker.errors.some(error => error.message.includes(`Missing lock for job ${added.id}`)));
    await sleep(20);
    expect(completions).toEqual([]);
    expect(await added.getState()).toBe('active');
  });
});
