// Deduplication, in all its modes, while a worker works the queue.
import { useBench } from './support/queue';
import { Gate, sleep, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

describe('deduplication', () => {
  it('without a time lasts until the job completes', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    const worker = bench.worker(queue, () => gate.opened);
    const deduplication = { id: 'same' };
    const first = await queue.add('job', {}, { deduplication });
    expect((await queue.add('job', {}, { deduplication })).id).toBe(first.id);
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    expect((await queue.add('job', {}, { deduplication })).id).toBe(first.id);
    expect(await queue.getDeduplicationJobId('same')).toBe(first.id);
    const completed = waitForEvent(worker, 'completed');
    gate.open();
    await completed;
    expect(await queue.getDeduplicationJobId('same')).toBeNull();
    expect((await queue.add('job', {}, { deduplication })).id).not.toBe(first.id);
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
  });

  it('without a time ends with a failure as well, but not with a retry', async () => {
    const queue = bench.queue();
    const deduplication = { id: 'same' };
    const first = await queue.add('job', {}, { deduplication, attempts: 2 });
    const during: (string | null)[] = [];
    const worker = bench.worker(queue, async () => {
      during.push(await queue.getDeduplicationJobId('same'));
      throw new Error('no');
    });
    await waitForEvents(worker, 'failed', 2);
    expect(during).toEqual([first.id, first.id]);
    expect(await queue.getDeduplicationJobId('same')).toBeNull();
  });

  it('with a time outlives the job', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => undefined);
    const completed = waitForEvent(worker, 'completed');
    const deduplication = { id: 'same', ttl: 3_600_000 };
    const first = await queue.add('job', {}, { deduplication });
    await completed;
    expect((await queue.add('job', {}, { deduplication })).id).toBe(first.id);
    expect(await queue.getJobCounts('wait', 'completed')).toEqual({ wait: 0, completed: 1 });
  });

  it('with a time ends with it', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => undefined);
    const deduplication = { id: 'same', ttl: 40 };
    const first = await queue.add('job', {}, { deduplication });
    await waitFor(async () => (await queue.getDeduplicationJobId('same')) === null);
    const second = await queue.add('job', {}, { deduplication });
    expect(second.id).not.toBe(first.id);
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
    expect(worker.errors).toEqual([]);
  });

  it('with extend and replace runs the last of a burst', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => job.data.i);
    const results: unknown[] = [];
    worker.on('completed', (_, result) => results.push(result));
    const completed = waitForEvent(worker, 'completed');
    for (let i = 0; i < 5; i++) {
      await queue.add(
        'job',
        { i },
        { delay: 200, deduplication: { id: 'burst', ttl: 200, extend: true, replace: true } },
      );
    }
    await completed;
    await sleep(30);
    expect(results).toEqual([4]);
    expect(await queue.getJobCounts('delayed', 'completed')).toEqual({ delayed: 0, completed: 1 });
  });

  it('with keepLastIfActive runs once more, with the last data', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    const results: unknown[] = [];
    const worker = bench.worker(queue, async job => {
      if (job.data.i === 0) await gate.opened;
      return job.data.i;
    });
    worker.on('completed', (_, result) => results.push(result));
    const deduplication = { id: 'same', keepLastIfActive: true };
    await queue.add('job', { i: 0 }, { deduplication });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    for (let i = 1; i <= 3; i++) await queue.add('job', { i }, { deduplication });
    expect(await queue.getJobCounts('wait', 'active')).toEqual({ wait: 0, active: 1 });
    gate.open();
    await waitFor(() => results.length === 2);
    await waitFor(async () => (await queue.getDeduplicationJobId('same')) === null);
    expect(results).toEqual([0, 3]);
    expect(worker.errors).toEqual([]);
  });

  it('with keepLastIfActive runs once more after a failure, too', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    const worker = bench.worker(queue, async job => {
      if (job.data.i > 0) return job.data.i;
      await gate.opened;
      throw new Error('no');
    });
    const completed = waitForEvent(worker, 'completed');
    const deduplication = { id: 'same', keepLastIfActive: true };
    await queue.add('job', { i: 0 }, { deduplication });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await queue.add('job', { i: 1 }, { deduplication });
    gate.open();
    expect((await completed)[1]).toBe(1);
    expect(await queue.getFailedCount()).toBe(1);
  });

  it('can be lifted by hand', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    bench.worker(queue, () => gate.opened, { concurrency: 2 });
    const deduplication = { id: 'same' };
    const first = await queue.add('job', {}, { deduplication });
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    await queue.removeDeduplicationKey('same');
    const second = await queue.add('job', {}, { deduplication });
    expect(second.id).not.toBe(first.id);
    await waitFor(async () => (await queue.getActiveCount()) === 2);
    gate.open();
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
  });

  it('is seen by the processor', async () => {
    const queue = bench.queue();
    await queue.add('job', {}, { deduplication: { id: 'mine' } });
    const worker = bench.worker(queue, async job => [job.deduplicationId, job.opts.deduplication]);
    expect((await waitForEvent(worker, 'completed'))[1]).toEqual(['mine', { id: 'mine' }]);
  });

  it('is announced by QueueEvents', async () => {
    const queue = bench.queue();
    const events = await bench.events(queue);
    const deduplicated = waitForEvent(events, 'deduplicated');
    const deduplication = { id: 'same' };
    const first = await queue.add('job', {}, { deduplication });
    await queue.add('job', {}, { deduplication });
    expect((await deduplicated)[0]).toMatchObject({ jobId: first.id, deduplicationId: 'same' });
  });
});
