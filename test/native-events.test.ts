// Native processors and the worker's events: progress, logs, arguments, the shared job object, cancelling.
import { native } from 'aurochs';
import { Job } from 'bullmq';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

describe('events of native jobs', () => {
  it('come in order, with their arguments and one job object', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'reports'), { autorun: false });
    const seen: unknown[][] = [];
    const objects = new Set<unknown>();
    const note = (event: string, job: Job, ...rest: unknown[]) => {
      objects.add(job);
      seen.push([event, job.id, ...rest]);
    };
    worker.on('active', (job, previous) => note('active', job, previous));
    worker.on('progress', (job, progress) => note('progress', job, progress));
    worker.on('completed', (job, result, previous) => note('completed', job, result, previous));
    const completed = waitForEvent(worker, 'completed');
    const added = await queue.add('job', {});
    void worker.run();
    const [job] = await completed;
    expect(seen).toEqual([
      ['active', added.id, 'waiting'],
      ['progress', added.id, 10],
      ['progress', added.id, { step: 2 }],
      ['progress', added.id, 'done'],
      ['completed', added.id, 'reported', 'active'],
    ]);
    expect(objects.size).toBe(1);
    expect(job).toBeInstanceOf(Job);
    expect([job.name, job.returnvalue, job.progress, job.attemptsMade]).toEqual(['job', 'reported', 'done', 1]);
  });

  it('miss no listener that is added in the same turn as the worker, however long that takes', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const worker = bench.worker(queue, native(fixtures(), 'reports'));
    const end = Date.now() + 300; // time enough for the loop to connect, fetch and finish
    while (Date.now() < end);
    const seen: string[] = [];
    for (const event of ['active', 'progress', 'completed'] as const) worker.on(event, () => void seen.push(event));
    await waitForEvent(worker, 'completed');
    expect(seen).toEqual(['active', 'progress', 'progress', 'progress', 'completed']);
  });

  it('leave progress and logs in Redis, and in QueueEvents', async () => {
    const queue = bench.queue();
    const events = await bench.events(queue);
    const progress: unknown[] = [];
    events.on('progress', ({ data }) => progress.push(data));
    const announced = waitForEvent(events, 'completed');
    bench.worker(queue, native(fixtures(), 'reports'));
    const added = await queue.add('job', {});
    const [{ jobId, returnvalue }] = await announced;
    expect([jobId, returnvalue]).toEqual([added.id, 'reported']);
    expect(progress).toEqual([10, { step: 2 }, 'done']);
    expect((await queue.getJob(added.id!))!.progress).toBe('done');
    expect((await queue.getJobLogs(added.id!)).logs).toEqual(['first row', 'second row 🐂']);
  });

  it('keep every row and every step in order, when there are many', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'many_reports'), { concurrency: 3 });
    const progress = new Map<string, number[]>();
    worker.on('progress', (job, value) => {
      progress.set(job.id!, [...(progress.get(job.id!) ?? []), value as unknown as number]);
    });
    const completed = waitForEvents(worker, 'completed', 3);
    await queue.addBulk([1, 2, 3].map(() => ({ name: 'job', data: { count: 300 } })));
    const expected = Array.from({ length: 300 }, (_, i) => i + 1);
    for (const [job] of await completed) {
      expect(progress.get(job.id)).toEqual(expected);
      const { logs } = await queue.getJobLogs(job.id);
      expect(logs).toEqual(expected.map(i => `row ${i}`));
      expect((await queue.getJob(job.id))!.progress).toBe(300);
    }
  });

  it('keep as many rows as keepLogs says', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'many_reports'));
    const completed = waitForEvent(worker, 'completed');
    const added = await queue.add('job', { count: 20 }, { keepLogs: 3 });
    await completed;
    expect((await queue.getJobLogs(added.id!)).logs).toEqual(['row 18', 'row 19', 'row 20']);
  });

  it('carry one job object through a failed attempt', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'throws'));
    const objects = new Set<unknown>();
    worker.on('active', job => objects.add(job));
    const failed = waitForEvent(worker, 'failed');
    await queue.add('job', {});
    objects.add((await failed)[0]);
    expect(objects.size).toBe(1);
  });

  it('come to listeners that are added while the worker runs', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'sum'));
    await queue.add('job', { a: 1 });
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    // The worker may hear of that a little later.
    const results: unknown[] = [];
    worker.on('completed', (_, result) => results.push(result));
    await queue.add('job', { a: 2 });
    await waitFor(() => results.includes(2));
    const active = waitForEvent(worker, 'active');
    await queue.add('job', { a: 3 });
    expect((await active)[0].data).toEqual({ a: 3 });
  });

  it('drained comes once the queue is empty', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'sum'), { autorun: false, concurrency: 3 });
    await queue.addBulk(Array.from({ length: 10 }, () => ({ name: 'job', data: {} })));
    const drained = waitForEvent(worker, 'drained');
    void worker.run();
    await drained;
    await waitFor(async () => (await queue.getCompletedCount()) === 10);
  });
});

describe('cancelling native jobs', () => {
  it('cancelJob() sets cancelled()', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'until_cancelled'));
    const running = waitForEvent(worker, 'progress');
    const added = await queue.add('job', {});
    await running;
    expect(worker.cancelJob('another')).toBe(false);
    const failed = waitForEvent(worker, 'failed');
    expect(worker.cancelJob(added.id!, 'enough')).toBe(true);
    expect((await failed)[1].message).toBe('cancelled');
  });

  it('cancelJob() touches no other job, cancelAllJobs() each', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'until_cancelled'), { concurrency: 2 });
    const running = waitForEvents(worker, 'progress', 2);
    const [first, second] = await queue.addBulk([1, 2].map(i => ({ name: 'job', data: i })));
    await running;
    let failed = waitForEvent(worker, 'failed');
    worker.cancelJob(second.id!);
    expect((await failed)[0].id).toBe(second.id);
    expect(await first.getState()).toBe('active');
    failed = waitForEvent(worker, 'failed');
    worker.cancelAllJobs();
    expect((await failed)[0].id).toBe(first.id);
  });

  it('close(true) cancels what it leaves behind', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'until_cancelled'));
    const running = waitForEvent(worker, 'progress');
    await queue.add('job', {});
    await running;
    await worker.close(true);
    expect(await queue.getActiveCount()).toBe(1);
  });
});
