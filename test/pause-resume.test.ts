// Pausing one worker, in both forms, and pausing the queue for all of them.
import { useBench } from './support/queue';
import { Gate, sleep, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

const jobs = (count: number) => Array.from({ length: count }, (_, i) => ({ name: 'job', data: i }));

describe('worker.pause()', () => {
  it('waits for the jobs in flight and takes no more', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(5));
    const gate = new Gate();
    const order: string[] = [];
    const worker = bench.worker(queue, () => gate.opened, { concurrency: 2 });
    worker.on('completed', () => order.push('completed'));
    worker.on('paused', () => order.push('paused'));
    await waitFor(async () => (await queue.getActiveCount()) === 2);
    const paused = worker.pause().then(() => order.push('resolved'));
    expect(worker.isPaused()).toBe(true);
    await sleep(30);
    expect(order).toEqual([]);
    gate.open();
    await paused;
    expect(order).toEqual(['completed', 'completed', 'paused', 'resolved']);
    expect(await queue.getJobCounts('wait', 'active', 'completed')).toEqual({ wait: 3, active: 0, completed: 2 });
  });

  it('with doNotWaitActive does not wait', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(3));
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened);
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    const paused = waitForEvent(worker, 'paused');
    await worker.pause(true);
    await paused;
    expect(await queue.getActiveCount()).toBe(1);
    const completed = waitForEvent(worker, 'completed');
    gate.open();
    await completed;
    await sleep(30);
    expect(await queue.getJobCounts('wait', 'active', 'completed')).toEqual({ wait: 2, active: 0, completed: 1 });
  });

  it('is followed by resume(), which takes up the rest', async () => {
    for (const doNotWaitActive of [false, true]) {
      const queue = bench.queue();
      await queue.addBulk(jobs(10));
      const worker = bench.worker(queue, async () => undefined);
      await waitForEvent(worker, 'completed');
      await worker.pause(doNotWaitActive);
      const resumed = waitForEvent(worker, 'resumed');
      await worker.resume();
      await resumed;
      expect(worker.isPaused()).toBe(false);
      await waitFor(async () => (await queue.getCompletedCount()) === 10);
      expect(worker.errors).toEqual([]);
    }
  });

  it('resumes beside jobs that were in flight all the time', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    await queue.add('slow', {});
    const worker = bench.worker(queue, async job => (job.name === 'slow' ? gate.opened : undefined), {
      concurrency: 2,
    });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await worker.pause(true);
    await queue.addBulk(jobs(4));
    await worker.resume();
    await waitFor(async () => (await queue.getCompletedCount()) === 4);
    gate.open();
    await waitFor(async () => (await queue.getCompletedCount()) === 5);
  });

  it('leaves the waiting jobs to other workers', async () => {
    const queue = bench.queue();
    const paused = bench.worker(queue, async () => 'paused');
    await paused.waitUntilReady();
    await paused.pause();
    const other = bench.worker(queue, async () => 'other');
    const completed = waitForEvents(other, 'completed', 5);
    await queue.addBulk(jobs(5));
    expect((await completed).map(([, result]) => result)).toEqual(Array(5).fill('other'));
  });

  it('can come while the worker waits for a job, and again and again', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => job.data, { drainDelay: 60 });
    await worker.waitUntilReady();
    for (let i = 0; i < 4; i++) {
      await worker.pause();
      await queue.add('job', i);
      expect(await queue.getWaitingCount()).toBe(1);
      const completed = waitForEvent(worker, 'completed');
      await worker.resume();
      expect((await completed)[1]).toBe(i);
    }
    expect(worker.errors).toEqual([]);
  });

  it('emits paused and resumed once each, however often it is called', async () => {
    const worker = bench.worker(bench.queue(), async () => undefined);
    await worker.waitUntilReady();
    const seen: string[] = [];
    worker.on('paused', () => seen.push('paused'));
    worker.on('resumed', () => seen.push('resumed'));
    await worker.pause();
    await worker.pause();
    await worker.resume();
    await worker.resume();
    expect(seen).toEqual(['paused', 'resumed']);
  });

  it('can be closed while it is paused', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(2));
    const worker = bench.worker(queue, async () => undefined);
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
    await worker.pause();
    await worker.close();
    expect(worker.isRunning()).toBe(false);
  });
});

describe('queue.pause()', () => {
  it('stops every worker until queue.resume()', async () => {
    const queue = bench.queue();
    await queue.pause();
    await queue.addBulk(jobs(6));
    const workers = [1, 2].map(() => bench.worker(queue, async () => undefined, { drainDelay: 60 }));
    await Promise.all(workers.map(worker => worker.waitUntilReady()));
    await sleep(50);
    expect(await queue.getJobCounts('wait', 'active', 'completed')).toEqual({ wait: 6, active: 0, completed: 0 });
    expect(workers.map(worker => worker.isPaused())).toEqual([false, false]);
    await queue.resume();
    await waitFor(async () => (await queue.getCompletedCount()) === 6);
  });

  it('lets jobs in flight finish', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(3));
    const gate = new Gate<string>();
    const worker = bench.worker(queue, () => gate.opened);
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await queue.pause();
    const completed = waitForEvent(worker, 'completed');
    gate.open('finished');
    expect((await completed)[1]).toBe('finished');
    await sleep(30);
    expect(await queue.getJobCounts('wait', 'active', 'completed')).toEqual({ wait: 2, active: 0, completed: 1 });
    await queue.resume();
    await waitFor(async () => (await queue.getCompletedCount()) === 3);
  });

  it('keeps the order and the priorities of what waits', async () => {
    const queue = bench.queue();
    await queue.add('job', 'p2', { priority: 2 });
    await queue.addBulk(jobs(3));
    await queue.pause();
    await queue.add('job', 'p1', { priority: 1 });
    await queue.add('job', 3);
    const started: unknown[] = [];
    const worker = bench.worker(queue, async job => void started.push(job.data));
    await worker.waitUntilReady();
    const completed = waitForEvents(worker, 'completed', 6);
    await queue.resume();
    await completed;
    expect(started).toEqual([0, 1, 2, 3, 'p1', 'p2']);
  });
});
