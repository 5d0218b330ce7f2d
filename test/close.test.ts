// close() and close(true): what they wait for, what they emit, what they leave behind.
import { native } from 'aurochs';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { isAurochs } from './support/subject';
import { Gate, sleep, waitFor, waitForEvent, within } from './support/wait';

const bench = useBench();

const processors: Record<string, (gate: Gate) => object> = {
  inline: gate => () => gate.opened,
  ...(isAurochs ? { native: () => native(fixtures(), 'until_cancelled') } : {}),
};

const jobs = (count: number) => Array.from({ length: count }, (_, i) => ({ name: 'job', data: i }));

describe('close()', () => {
  it('waits for the jobs in flight, stores their results, and takes no more', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(10));
    const gate = new Gate<string>();
    const worker = bench.worker(queue, () => gate.opened, { concurrency: 3 });
    await waitFor(async () => (await queue.getActiveCount()) === 3);
    let closed = false;
    const closing = worker.close().then(() => (closed = true));
    await sleep(40);
    expect(closed).toBe(false);
    gate.open('kept');
    await closing;
    expect(await queue.getJobCounts('wait', 'active', 'completed')).toEqual({ wait: 7, active: 0, completed: 3 });
    const [job] = await queue.getCompleted();
    expect(job.returnvalue).toBe('kept');
  });

  it('stores the failures of the jobs in flight', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened);
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    const closing = worker.close();
    gate.reject(new Error('at the last moment'));
    await closing;
    const [job] = await queue.getFailed();
    expect(job.failedReason).toBe('at the last moment');
  });

  it('emits closing and closed, in that order and once, and after the last job', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened);
    const seen: unknown[][] = [];
    worker.on('closing', (...args) => seen.push(['closing', ...args]));
    worker.on('completed', () => seen.push(['completed']));
    worker.on('closed', (...args) => seen.push(['closed', ...args]));
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    const closing = [worker.close(), worker.close(), worker.close()];
    gate.open();
    await Promise.all(closing);
    expect(seen).toEqual([['closing', 'closing queue'], ['completed'], ['closed']]);
  });

  it('does not wait for the blocking command', async () => {
    const worker = bench.worker(bench.queue(), async () => undefined, { drainDelay: 600 });
    await worker.waitUntilReady();
    await sleep(30); // it blocks by now, for ten minutes
    await within(worker.close(), 'the worker to close');
    expect(worker.isRunning()).toBe(false);
    expect(worker.errors).toEqual([]);
  });

  it('works on a worker that never ran, and on one that has just been made', async () => {
    const idle = bench.worker(bench.queue(), async () => undefined, { autorun: false });
    await within(idle.close(), 'the idle worker to close');
    const manual = bench.worker(bench.queue());
    await within(manual.close(), 'the worker without a processor to close');
    const fresh = bench.worker(bench.queue(), async () => undefined);
    await within(fresh.close(), 'the fresh worker to close');
    expect([...idle.errors, ...manual.errors, ...fresh.errors]).toEqual([]);
  });

  it('resolves run()', async () => {
    const worker = bench.worker(bench.queue(), async () => undefined, { autorun: false });
    const running = worker.run();
    await worker.waitUntilReady();
    expect(worker.isRunning()).toBe(true);
    await worker.close();
    await within(running, 'run() to resolve');
    expect(worker.isRunning()).toBe(false);
  });

  it('can be called from a listener and from a processor', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(3));
    const first = bench.worker(queue, async () => undefined);
    first.once('completed', () => void first.close());
    await waitForEvent(first, 'closed');
    let closing: Promise<void> | undefined;
    const second = bench.worker(queue, async () => {
      closing ??= second.close();
      return 'from within';
    });
    await waitForEvent(second, 'closed');
    expect(await queue.getActiveCount()).toBe(0);
  });

  it('leaves the rest of the queue to other workers', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(30));
    const first = bench.worker(queue, async () => 'first', { concurrency: 3 });
    await waitForEvent(first, 'completed');
    await first.close();
    const second = bench.worker(queue, async () => 'second', { concurrency: 3 });
    await waitFor(async () => (await queue.getCompletedCount()) === 30);
    expect([...first.errors, ...second.errors]).toEqual([]);
  });

  it('closes the connections it opened', async () => {
    const queue = bench.queue();
    const countClients = async () =>
      String(await bench.redis.cli('CLIENT', 'LIST'))
        .trim()
        .split('\n').length;
    await queue.waitUntilReady();
    bench.redis.client();
    await bench.redis.cli('PING');
    const before = await countClients();
    const worker = bench.worker(queue, async () => undefined);
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    await completed;
    expect(await countClients()).toBeGreaterThan(before);
    await worker.close();
    await waitFor(async () => (await countClients()) === before);
  });
});

describe('close(true)', () => {
  it('does not wait for the jobs in flight, which stay active', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(3));
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened);
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await within(worker.close(true), 'the worker to close by force');
    expect(await queue.getJobCounts('wait', 'active', 'completed')).toEqual({ wait: 2, active: 1, completed: 0 });
    gate.open();
    await sleep(30);
    expect(await queue.getActiveCount()).toBe(1);
  });

  it.each(Object.entries(processors))('starts no waiting job afterwards (%s)', async (_, processor) => {
    const queue = bench.queue();
    const gate = new Gate();
    const worker = bench.worker(queue, processor(gate), { concurrency: 3, lockDuration: 200, skipStalledCheck: true });
    let started = 0;
    worker.on('active', () => started++);
    await queue.addBulk(jobs(8));
    await waitFor(() => started === 3);
    await within(worker.close(true), 'the worker to close by force');
    gate.open();
    await queue.addBulk(jobs(2));
    await waitFor(async () => (await bench.redis.client().keys(queue.toKey('*:lock'))).length === 0);
    const counts = await queue.getJobCounts('wait', 'active', 'completed', 'failed', 'delayed');
    expect(counts).toEqual({ wait: 7, active: 3, completed: 0, failed: 0, delayed: 0 });
    expect(started).toBe(3);
    // Nobody but the sweep of another worker gets at those three.
    const second = bench.worker(queue, async () => 'recovered', { concurrency: 10, stalledInterval: 30 });
    await waitFor(async () => (await queue.getCompletedCount()) === 10);
    const stalled = (await queue.getCompleted()).map(job => job.stalledCounter);
    expect(stalled.sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
    expect([...worker.errors, ...second.errors]).toEqual([]);
  });

  it('leaves jobs that another worker recovers as stalled', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const gate = new Gate();
    const first = bench.worker(queue, () => gate.opened, { lockDuration: 100, skipStalledCheck: true });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await first.close(true);
    const second = bench.worker(queue, async () => 'recovered', { stalledInterval: 50 });
    const [job, result] = await waitForEvent(second, 'completed');
    expect(result).toBe('recovered');
    expect(job.stalledCounter).toBe(1);
    gate.open();
  });
});
