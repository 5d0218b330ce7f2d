// Priorities: a smaller number first, jobs without one before all.
import { useBench } from './support/queue';
import { sleep, waitFor, waitForEvents } from './support/wait';

const bench = useBench();

describe('priorities', () => {
  it('start in order of the number, and in order of adding within one number', async () => {
    const queue = bench.queue();
    const priorities = [5, 1, 3, 1, 5, 2, 3, 4, 2, 1];
    for (const [i, priority] of priorities.entries()) await queue.add('job', { i, priority }, { priority });
    expect(await queue.getPrioritizedCount()).toBe(10);
    const started: number[][] = [];
    const worker = bench.worker(queue, async job => void started.push([job.data.priority, job.data.i]));
    await waitForEvents(worker, 'completed', 10);
    expect(started).toEqual([...started].sort(([a, i], [b, j]) => a - b || i - j));
    expect(started[0]).toEqual([1, 1]);
  });

  it('come after jobs without a priority', async () => {
    const queue = bench.queue();
    await queue.add('prioritized', {}, { priority: 1 });
    await queue.add('plain', {});
    await queue.add('zero', {}, { priority: 0 });
    const started: string[] = [];
    const worker = bench.worker(queue, async job => void started.push(job.name));
    await waitForEvents(worker, 'completed', 3);
    expect(started).toEqual(['plain', 'zero', 'prioritized']);
  });

  it('wake a worker that waits', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => job.priority, { drainDelay: 60 });
    await worker.waitUntilReady();
    const completed = waitForEvents(worker, 'completed', 1);
    await queue.add('job', {}, { priority: 7 });
    expect((await completed)[0][1]).toBe(7);
  });

  it('can be changed while the job waits', async () => {
    const queue = bench.queue();
    await queue.add('a', {}, { priority: 1 });
    await queue.add('b', {}, { priority: 2 });
    const last = await queue.add('c', {}, { priority: 9 });
    await last.changePriority({ priority: 1, lifo: true });
    const promoted = await queue.add('d', {}, { priority: 9 });
    await promoted.changePriority({ priority: 0 });
    const started: string[] = [];
    const worker = bench.worker(queue, async job => void started.push(job.name));
    await waitForEvents(worker, 'completed', 4);
    expect(started).toEqual(['d', 'c', 'a', 'b']);
  });

  it('survive a retry', async () => {
    const queue = bench.queue();
    await queue.add('low', {}, { priority: 10 });
    await queue.add('high', {}, { priority: 1, attempts: 3 });
    const started: string[] = [];
    const worker = bench.worker(queue, async job => {
      started.push(job.name);
      if (job.name === 'high' && job.attemptsMade < 2) throw new Error('again');
    });
    await waitForEvents(worker, 'completed', 2);
    expect(started).toEqual(['high', 'high', 'high', 'low']);
  });

  it('hold for delayed jobs once they are due', async () => {
    const queue = bench.queue();
    await queue.add('low', {}, { priority: 10, delay: 1 });
    await queue.add('high', {}, { priority: 1, delay: 2 });
    await sleep(5); // both are due before the worker looks
    const started: string[] = [];
    const worker = bench.worker(queue, async job => void started.push(job.name));
    await waitForEvents(worker, 'completed', 2);
    expect(started).toEqual(['high', 'low']);
  });

  it('are seen by the processor', async () => {
    const queue = bench.queue();
    await queue.add('job', {}, { priority: 42 });
    const worker = bench.worker(queue, async job => [job.priority, job.opts.priority]);
    const [[, result]] = await waitForEvents(worker, 'completed', 1);
    expect(result).toEqual([42, 42]);
  });

  it('are worked through while the queue is also fed with plain jobs', async () => {
    const queue = bench.queue();
    await queue.addBulk(
      Array.from({ length: 60 }, (_, i) => ({ name: 'job', data: {}, opts: i % 2 ? { priority: 1 + (i % 5) } : {} })),
    );
    bench.worker(queue, async () => undefined, { concurrency: 5 });
    await waitFor(async () => (await queue.getCompletedCount()) === 60);
    expect(await queue.getPrioritizedCount()).toBe(0);
    expect(await bench.redis.client().exists(queue.toKey('pc'))).toBe(0); // the counter goes with the last one
  });
});
