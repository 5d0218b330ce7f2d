// The native thread pool: native jobs of all workers share it, whatever their concurrency is.
import { native, pool } from 'aurochs';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();
const kThreads = pool.stats().threads;
afterEach(() => pool.configure({ threads: kThreads }));

describe('the native pool', () => {
  it('has as many threads as there are cores, at least one, and tells about them', () => {
    const stats = pool.stats();
    expect(stats.threads).toBeGreaterThanOrEqual(1);
    for (const field of ['threads', 'started', 'busy', 'queued', 'completed'] as const) {
      expect([field, Number.isInteger(stats[field])]).toEqual([field, true]);
    }
  });

  it.each([0, -1, 1.5, NaN, Infinity, '4', null, undefined])('refuses %p threads', threads => {
    expect(() => pool.configure({ threads: threads as number })).toThrow(TypeError);
    expect(pool.stats().threads).toBe(kThreads);
  });

  it('refuses to be configured with nothing', () => {
    expect(() => (pool.configure as (options?: object) => void)()).toThrow(TypeError);
  });

  it('can be smaller than the concurrency: the jobs wait for a thread, locked, and are all worked', async () => {
    pool.configure({ threads: 2 });
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'until_cancelled'), { concurrency: 20 });
    await queue.addBulk(Array.from({ length: 30 }, (_, i) => ({ name: 'job', data: i })));
    await waitFor(async () => (await queue.getActiveCount()) === 20 && pool.stats().queued === 18);
    expect(pool.stats()).toMatchObject({ threads: 2, busy: 2 });
    expect(await bench.redis.client().keys(queue.toKey('*:lock'))).toHaveLength(20);
    await waitFor(async () => {
      worker.cancelAllJobs();
      return (await queue.getFailedCount()) === 30;
    });
  });

  it('runs as many jobs at once as it has threads', async () => {
    pool.configure({ threads: 6 });
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'until_cancelled'), { concurrency: 10 });
    const running = waitForEvents(worker, 'progress', 6);
    await queue.addBulk(Array.from({ length: 10 }, (_, i) => ({ name: 'job', data: i })));
    await running;
    await waitFor(() => pool.stats().queued === 4);
    expect(pool.stats()).toMatchObject({ threads: 6, busy: 6 });
    const failed = waitForEvents(worker, 'failed', 10);
    worker.cancelAllJobs();
    await failed;
    await waitFor(() => pool.stats().busy === 0);
    expect(pool.stats().queued).toBe(0);
  });

  it('can grow while jobs wait', async () => {
    pool.configure({ threads: 1 });
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'until_cancelled'), { concurrency: 3 });
    let running = 0;
    worker.on('progress', () => running++);
    await queue.addBulk([1, 2, 3].map(i => ({ name: 'job', data: i })));
    await waitFor(() => running === 1 && pool.stats().queued === 2);
    pool.configure({ threads: 3 });
    await waitFor(() => running === 3);
    worker.cancelAllJobs();
    await waitFor(async () => (await queue.getFailedCount()) === 3);
  });

  it('counts what it ran', async () => {
    const before = pool.stats().completed;
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'sum'));
    const completed = waitForEvents(worker, 'completed', 10);
    await queue.addBulk(Array.from({ length: 10 }, () => ({ name: 'job', data: {} })));
    await completed;
    // A job is completed a moment before its thread counts as free again.
    await waitFor(() => pool.stats().completed - before === 10);
  });

  it('is shared: a worker with much to do does not starve another', async () => {
    pool.configure({ threads: 2 });
    const [busy, other] = [bench.queue(), bench.queue()];
    const nap = native(fixtures(), 'nap_for');
    await busy.addBulk(Array.from({ length: 200 }, () => ({ name: 'job', data: { ms: 10 } })));
    bench.worker(busy, nap, { concurrency: 100 });
    await waitFor(async () => (await busy.getActiveCount()) === 100);
    const worker = bench.worker(other, nap);
    const completed = waitForEvent(worker, 'completed');
    await other.add('job', { ms: 1 });
    await completed;
    expect(await busy.getCompletedCount()).toBeLessThan(200);
    await waitFor(async () => (await busy.getCompletedCount()) === 200);
  });

  it('leaves the event loop free', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'spin_for'), { concurrency: 2 });
    const completed = waitForEvents(worker, 'completed', 4);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await queue.addBulk(Array.from({ length: 4 }, () => ({ name: 'job', data: { ms: 100 } })));
    await completed;
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10); // one at most for each job, if they ran on the event loop
  });
});
