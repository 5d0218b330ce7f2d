// What matters for the data, once more with native processors: flows, schedulers, limits, locks, removal, order.
import { native } from 'aurochs';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { sleep, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();
const kSlack = 20;

const jobs = (count: number, data: object = {}) => Array.from({ length: count }, () => ({ name: 'job', data }));

describe('with native processors', () => {
  it('jobs start first in, first out', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(50));
    const worker = bench.worker(queue, native(fixtures(), 'sum'), { autorun: false });
    const started: string[] = [];
    worker.on('active', job => started.push(job.id!));
    const completed = waitForEvents(worker, 'completed', 50);
    void worker.run();
    await completed;
    expect(started).toEqual(Array.from({ length: 50 }, (_, i) => String(i + 1)));
  });

  it('never more than concurrency are in flight', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'nap_for'), { concurrency: 3, autorun: false });
    let inFlight = 0;
    let highest = 0;
    worker.on('active', () => (highest = Math.max(highest, ++inFlight)));
    worker.on('completed', () => inFlight--);
    const completed = waitForEvents(worker, 'completed', 30);
    await queue.addBulk(jobs(30, { ms: 2 }));
    void worker.run();
    await completed;
    expect(highest).toBe(3);
  });

  it('concurrency may change while the worker runs', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'until_cancelled'), { concurrency: 1 });
    await queue.addBulk(jobs(6));
    await waitFor(async () => (await queue.getActiveCount()) === 1);
    worker.concurrency = 4;
    await waitFor(async () => (await queue.getActiveCount()) === 4);
    worker.concurrency = 1;
    await waitFor(async () => {
      worker.cancelAllJobs();
      return (await queue.getFailedCount()) === 6;
    });
  });

  it('flows work, with native parents and children', async () => {
    const [parents, children] = [bench.queue(), bench.queue()];
    bench.worker(children, native(fixtures(), 'sum'), { concurrency: 2 });
    const worker = bench.worker(parents, native(fixtures(), 'describe_job'));
    const completed = waitForEvent(worker, 'completed');
    const { job } = await bench.flows().add({
      name: 'parent',
      queueName: parents.name,
      children: [1, 2, 3].map(a => ({ name: 'child', queueName: children.name, data: { a, b: 10 } })),
    });
    const [, result] = await completed;
    expect(result).toMatchObject({ id: job.id, name: 'parent' });
    expect(Object.values((await job.getChildrenValues())!).sort()).toEqual([11, 12, 13]);
  });

  it('a failed native child fails its parent', async () => {
    const [parents, children] = [bench.queue(), bench.queue()];
    bench.worker(children, native(fixtures(), 'throws'));
    const worker = bench.worker(parents, native(fixtures(), 'sum'));
    const failed = waitForEvent(worker, 'failed');
    await bench.flows().add({
      name: 'parent',
      queueName: parents.name,
      children: [{ name: 'child', queueName: children.name, opts: { failParentOnFailure: true } }],
    });
    const [job, error] = await failed;
    expect([job.name, error.name]).toEqual(['parent', 'UnrecoverableError']);
    expect(error.message).toMatch(/^child .* failed$/);
  });

  it('schedulers schedule their next iteration when one starts', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'sum'));
    const completed = waitForEvents(worker, 'completed', 3);
    await queue.upsertJobScheduler('tick', { every: 30 }, { name: 'tick', data: { a: 1, b: 1 } });
    const finished = await completed;
    expect(finished.map(([, result]) => result)).toEqual([2, 2, 2]);
    expect(new Set(finished.map(([job]) => job.id)).size).toBe(3);
    await queue.removeJobScheduler('tick');
    expect(worker.errors).toEqual([]);
  });

  it('deduplication ends with the job', async () => {
    const queue = bench.queue();
    bench.worker(queue, native(fixtures(), 'sum'));
    await queue.add('job', { a: 1 }, { deduplication: { id: 'same' } });
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    expect(await queue.getDeduplicationJobId('same')).toBeNull();
  });

  it('the limiter holds', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'sum'), {
      concurrency: 10,
      limiter: { max: 2, duration: 100 },
    });
    const completed = waitForEvents(worker, 'completed', 6);
    await queue.addBulk(jobs(6));
    const started = (await completed).map(([job]) => job.processedOn as number).sort((a, b) => a - b);
    expect(started[2] - started[0]).toBeGreaterThanOrEqual(100 - kSlack);
    expect(started[4] - started[2]).toBeGreaterThanOrEqual(100 - kSlack);
  });

  it('locks are renewed', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'until_cancelled'), {
      lockDuration: 300,
      lockRenewTime: 60,
      stalledInterval: 50,
    });
    const stalled: unknown[] = [];
    worker.on('stalled', id => stalled.push(id));
    const added = await queue.add('job', {});
    const renewed = await waitForEvents(worker, 'locksRenewed', 12);
    expect(renewed[0][0]).toEqual({ count: 1, jobIds: [added.id] });
    expect(stalled).toEqual([]);
    const failed = waitForEvent(worker, 'failed');
    worker.cancelAllJobs();
    await failed;
  });

  it('a lost lock is told, and the job is not completed', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'until_cancelled'), {
      lockDuration: 400,
      lockRenewTime: 40,
      skipStalledCheck: true,
    });
    const running = waitForEvent(worker, 'progress');
    const added = await queue.add('job', {});
    await running;
    const failed = waitForEvent(worker, 'lockRenewalFailed');
    await bench.redis.client().set(queue.toKey(`${added.id}:lock`), 'a thief');
    expect((await failed)[0]).toEqual([added.id]);
    worker.cancelAllJobs();
    await waitFor(() => worker.errors.some(error => error.message.includes(`Lock mismatch for job ${added.id}`)));
    expect(await added.getState()).toBe('active');
  });

  it('stalled jobs are recovered', async () => {
    const queue = bench.queue();
    await queue.add('job', { a: 5 });
    const manual = bench.worker(queue, undefined, { lockDuration: 20 });
    await manual.getNextJob('dead');
    await waitFor(async () => (await bench.redis.client().keys(queue.toKey('*:lock'))).length === 0);
    const worker = bench.worker(queue, native(fixtures(), 'sum'), { stalledInterval: 30 });
    const [job, result] = await waitForEvent(worker, 'completed');
    expect([result, job.stalledCounter, job.attemptsStarted]).toEqual([5, 1, 2]);
  });

  it('removal, metrics and the name of the worker are kept', async () => {
    const queue = bench.queue();
    bench.worker(queue, native(fixtures(), 'sum'), {
      name: 'native worker',
      metrics: { maxDataPoints: 10 },
      removeOnComplete: { count: 1 },
    });
    await queue.addBulk(jobs(10, { a: 1 }));
    await waitFor(async () => (await queue.getMetrics('completed')).meta.count === 10);
    const [kept, ...more] = await queue.getCompleted();
    expect([kept.processedBy, more.length]).toEqual(['native worker', 0]);
  });

  it('pause() waits for the jobs in flight, close() as well', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'nap_for'), { concurrency: 2 });
    await queue.addBulk(jobs(20, { ms: 20 }));
    await waitFor(async () => (await queue.getActiveCount()) === 2);
    await worker.pause();
    expect(await queue.getActiveCount()).toBe(0);
    const finished = await queue.getCompletedCount();
    await sleep(50);
    expect(await queue.getCompletedCount()).toBe(finished);
    await worker.resume();
    await waitFor(async () => (await queue.getActiveCount()) === 2);
    await worker.close();
    expect(await queue.getActiveCount()).toBe(0);
  });
});
