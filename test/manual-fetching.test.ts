// Fetching by hand: a worker without a processor, getNextJob() and the job's own moves.
import { Job } from 'bullmq';
import { useBench } from './support/queue';
import { waitFor, within } from './support/wait';

const bench = useBench();

describe('getNextJob()', () => {
  it('gives the next job, active and locked with the token', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue);
    const added = await queue.add('job', { a: 1 });
    const job = (await worker.getNextJob('my-token'))!;
    expect(job).toBeInstanceOf(Job);
    expect([job.id, job.data, job.token]).toEqual([added.id, { a: 1 }, 'my-token']);
    expect(await job.getState()).toBe('active');
    expect(await bench.redis.client().get(queue.toKey(`${job.id}:lock`))).toBe('my-token');
  });

  it('completes and fails with the job, and gives the next one', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue);
    await queue.addBulk([1, 2, 3].map(i => ({ name: 'job', data: i })));
    const first = (await worker.getNextJob('t'))!;
    const [data, id] = (await first.moveToCompleted('one', 't', true)) as [object, string];
    const second = Job.fromJSON(worker as never, data as never, id);
    expect(second.data).toBe(2);
    await second.moveToFailed(new Error('by hand'), 't', false);
    const third = (await worker.getNextJob('t'))!;
    await third.moveToCompleted('three', 't', false);
    expect(await queue.getJobCounts('wait', 'active', 'completed', 'failed')).toEqual({
      wait: 0,
      active: 0,
      completed: 2,
      failed: 1,
    });
    expect((await queue.getFailed())[0].failedReason).toBe('by hand');
  });

  it('gives nothing when there is nothing, without waiting when it is told so', async () => {
    const worker = bench.worker(bench.queue(), undefined, { drainDelay: 60 });
    expect(await within(worker.getNextJob('t', { block: false }), 'getNextJob()')).toBeUndefined();
    expect(await within(worker.getNextJob('t', { block: false }), 'getNextJob()')).toBeUndefined();
  });

  it('waits for a job', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, undefined, { drainDelay: 60 });
    await worker.getNextJob('t'); // drained: the next call blocks
    const next = worker.getNextJob('t');
    const added = await queue.add('job', {});
    expect((await within(next, 'getNextJob()'))!.id).toBe(added.id);
  });

  it('gives nothing while the worker is paused or closed', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const worker = bench.worker(queue);
    await worker.pause();
    expect(await worker.getNextJob('t')).toBeUndefined();
    await worker.resume();
    expect(await worker.getNextJob('t')).toBeInstanceOf(Job);
    await queue.add('job', {});
    await worker.close();
    expect(await worker.getNextJob('t')).toBeUndefined();
  });

  it('keeps to the order and the priorities', async () => {
    const queue = bench.queue();
    await queue.add('second', {}, { priority: 5 });
    await queue.add('third', {}, { priority: 9 });
    await queue.add('first', {});
    const worker = bench.worker(queue);
    const names: string[] = [];
    for (let i = 0; i < 3; i++) names.push((await worker.getNextJob('t'))!.name);
    expect(names).toEqual(['first', 'second', 'third']);
  });

  it('emits active and drained', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue);
    const seen: unknown[] = [];
    worker.on('active', job => seen.push(job.id));
    worker.on('drained', () => seen.push('drained'));
    const added = await queue.add('job', {});
    await worker.getNextJob('t');
    await worker.getNextJob('t', { block: false });
    expect(seen).toEqual([added.id, 'drained']);
  });

  it('recovers stalled jobs once startStalledCheckTimer() is called', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, undefined, { lockDuration: 20, stalledInterval: 30 });
    await queue.add('job', {});
    await worker.getNextJob('t');
    await worker.startStalledCheckTimer();
    await waitFor(async () => (await queue.getWaitingCount()) === 1);
    const again = (await worker.getNextJob('t'))!;
    expect(again.stalledCounter).toBe(1);
  });

  it('works beside a worker that runs', async () => {
    const queue = bench.queue();
    const running = bench.worker(queue, async () => undefined, { autorun: false });
    await queue.addBulk([1, 2, 3].map(i => ({ name: 'job', data: i })));
    const job = (await running.getNextJob('mine'))!;
    void running.run();
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
    await job.moveToCompleted('by hand', 'mine', false);
    expect(await queue.getCompletedCount()).toBe(3);
    expect(running.errors).toEqual([]);
  });
});
