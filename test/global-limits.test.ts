// Limits that are stored on the queue and hold for all of its workers.
import { useBench } from './support/queue';
import { Gate, waitFor, waitForEvents } from './support/wait';

const bench = useBench();

const jobs = (count: number) => Array.from({ length: count }, (_, i) => ({ name: 'job', data: i }));
const kSlack = 20;

describe('global concurrency', () => {
  it('holds across workers, however high their own is', async () => {
    const queue = bench.queue();
    await queue.setGlobalConcurrency(3);
    await queue.addBulk(jobs(40));
    let inFlight = 0;
    let highest = 0;
    const processor = async () => {
      highest = Math.max(highest, ++inFlight);
      await new Promise(resolve => setTimeout(resolve, 2));
      inFlight--;
    };
    for (let i = 0; i < 3; i++) bench.worker(queue, processor, { concurrency: 10 });
    await waitFor(async () => (await queue.getCompletedCount()) === 40);
    expect(highest).toBe(3);
  });

  it('keeps a waiting worker fed once a slot is free', async () => {
    const queue = bench.queue();
    await queue.setGlobalConcurrency(1);
    await queue.addBulk(jobs(2));
    const gate = new Gate();
    const held = bench.worker(queue, () => gate.opened, { concurrency: 5, drainDelay: 60 });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    const other = bench.worker(queue, async () => 'other', { drainDelay: 60 });
    await other.waitUntilReady();
    expect(await queue.isMaxed()).toBe(true);
    gate.open();
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
    expect(held.errors).toEqual([]);
  });

  it('can be raised and taken away while workers run', async () => {
    const queue = bench.queue();
    await queue.setGlobalConcurrency(1);
    await queue.addBulk(jobs(12));
    const gates: Gate[] = [];
    bench.worker(
      queue,
      () => {
        gates.push(new Gate());
        return gates[gates.length - 1].opened;
      },
      { concurrency: 8 },
    );
    await waitFor(() => gates.length === 1);
    await queue.setGlobalConcurrency(4);
    gates.splice(0).forEach(gate => gate.open());
    await waitFor(() => gates.length === 4);
    expect(await queue.getActiveCount()).toBe(4);
    await queue.removeGlobalConcurrency();
    expect(await queue.getGlobalConcurrency()).toBeNull();
    gates.splice(0).forEach(gate => gate.open());
    await waitFor(() => gates.length === 7);
    gates.splice(0).forEach(gate => gate.open());
    await waitFor(async () => (await queue.getCompletedCount()) === 12);
  });

  it('lets delayed jobs wait for a slot, and loses none', async () => {
    const queue = bench.queue();
    await queue.setGlobalConcurrency(1);
    bench.worker(queue, () => new Promise(resolve => setTimeout(resolve, 2)), { concurrency: 5 });
    await queue.addBulk(jobs(10).map(job => ({ ...job, opts: { delay: 10 } })));
    await waitFor(async () => (await queue.getCompletedCount()) === 10);
  });
});

describe('global rate limit', () => {
  it('holds for a worker without a limiter', async () => {
    const queue = bench.queue();
    await queue.setGlobalRateLimit(2, 120);
    expect(await queue.getGlobalRateLimit()).toEqual({ max: 2, duration: 120 });
    await queue.addBulk(jobs(6));
    const worker = bench.worker(queue, async () => undefined, { concurrency: 10 });
    const completed = await waitForEvents(worker, 'completed', 6);
    const started = completed.map(([job]) => job.processedOn as number).sort((a, b) => a - b);
    expect(started[2] - started[0]).toBeGreaterThanOrEqual(120 - kSlack);
    expect(started[4] - started[2]).toBeGreaterThanOrEqual(120 - kSlack);
  });

  it('holds across workers', async () => {
    const queue = bench.queue();
    await queue.setGlobalRateLimit(1, 60);
    await queue.addBulk(jobs(5));
    const started: number[] = [];
    for (let i = 0; i < 2; i++) bench.worker(queue, async job => void started.push(job.processedOn!));
    await waitFor(async () => (await queue.getCompletedCount()) === 5);
    started.sort((a, b) => a - b);
    expect(started[4] - started[0]).toBeGreaterThanOrEqual(4 * (60 - kSlack));
  });

  it('ends when it is removed', async () => {
    const queue = bench.queue();
    await queue.setGlobalRateLimit(1, 60_000);
    await queue.addBulk(jobs(10));
    const worker = bench.worker(queue, async () => undefined, { maximumRateLimitDelay: 30 });
    await waitForEvents(worker, 'completed', 1);
    await queue.removeGlobalRateLimit();
    await queue.removeRateLimitKey();
    await waitFor(async () => (await queue.getCompletedCount()) === 10);
  });
});
