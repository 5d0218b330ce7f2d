// The order in which waiting jobs start.
import { useBench } from './support/queue';
import { Gate, waitFor, waitForEvents } from './support/wait';

const bench = useBench();

const jobs = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ name: 'job', data: { i: from + i } }));

describe('order of waiting jobs', () => {
  it('is first in, first out at concurrency 1', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(60));
    const started: number[] = [];
    const worker = bench.worker(queue, async job => void started.push(job.data.i));
    await waitForEvents(worker, 'completed', 60);
    expect(started).toEqual(jobs(60).map(job => job.data.i));
  });

  it('is kept for jobs that are added while the worker runs', async () => {
    const queue = bench.queue();
    const started: number[] = [];
    const worker = bench.worker(queue, async job => void started.push(job.data.i));
    const completed = waitForEvents(worker, 'completed', 40);
    for (let from = 0; from < 40; from += 10) await queue.addBulk(jobs(10, from));
    await completed;
    expect(started).toEqual(jobs(40).map(job => job.data.i));
  });

  it('is the order of starting, too, at a higher concurrency', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(40));
    const started: number[] = [];
    const worker = bench.worker(
      queue,
      async job => {
        started.push(job.data.i);
        await new Promise(resolve => setImmediate(resolve));
      },
      { concurrency: 4 },
    );
    await waitForEvents(worker, 'completed', 40);
    expect(started).toEqual(jobs(40).map(job => job.data.i));
  });

  it('is last in, first out for jobs added with lifo', async () => {
    const queue = bench.queue();
    for (const { data } of jobs(5)) await queue.add('job', data, { lifo: true });
    await queue.add('job', { i: 'tail' });
    const started: unknown[] = [];
    const worker = bench.worker(queue, async job => void started.push(job.data.i));
    await waitForEvents(worker, 'completed', 6);
    expect(started).toEqual([4, 3, 2, 1, 0, 'tail']);
  });

  it('puts a retried job behind those that wait, and a retried lifo job before them', async () => {
    for (const lifo of [false, true]) {
      const queue = bench.queue();
      await queue.addBulk([
        { name: 'first', data: {}, opts: { attempts: 2, lifo } },
        { name: 'second', data: {} },
        { name: 'third', data: {} },
      ]);
      // addBulk with lifo puts `first` at the head already.
      const started: string[] = [];
      const worker = bench.worker(queue, async job => {
        started.push(job.name);
        if (job.name === 'first' && job.attemptsMade === 0) throw new Error('once');
      });
      await waitForEvents(worker, 'completed', 3);
      expect(started).toEqual(lifo ? ['first', 'first', 'second', 'third'] : ['first', 'second', 'third', 'first']);
    }
  });

  it('starts a job that two workers wait for only once', async () => {
    const queue = bench.queue();
    const started: string[] = [];
    const processor = async (job: { id?: string }) => void started.push(job.id!);
    const workers = [1, 2, 3].map(() => bench.worker(queue, processor, { concurrency: 5 }));
    await Promise.all(workers.map(worker => worker.waitUntilReady()));
    const added = await queue.addBulk(jobs(200));
    await waitFor(async () => (await queue.getCompletedCount()) === 200);
    expect([...started].sort()).toEqual(added.map(job => job.id!).sort());
  });

  it('takes up a job that is added while the worker waits for one', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => job.data.i, { drainDelay: 60 });
    await worker.waitUntilReady();
    for (let i = 0; i < 5; i++) {
      const completed = waitForEvents(worker, 'completed', 1);
      await queue.add('job', { i });
      expect((await completed)[0][1]).toBe(i);
    }
  });

  it('goes on fetching while a slow job is in flight', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    const worker = bench.worker(
      queue,
      async job => {
        if (job.name === 'slow') await gate.opened;
        return job.name;
      },
      { concurrency: 2 },
    );
    const completed = waitForEvents(worker, 'completed', 11);
    await queue.add('slow', {});
    await queue.addBulk(jobs(10));
    await waitFor(async () => (await queue.getCompletedCount()) === 10);
    expect(await queue.getActiveCount()).toBe(1);
    gate.open();
    expect((await completed)[10][1]).toBe('slow');
  });
});
