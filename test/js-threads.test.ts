// Files as processors: their jobs run on JavaScript threads that the native loop feeds.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { useBench } from './support/queue';
import { waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();
const file = (name: string) => join(__dirname, 'threads', name);
const does = file('does.cjs');
/** How many threads the process has. */
const tasks = () => readdirSync('/proc/self/task').length;

describe('a processor file', () => {
  it.each(['double.cjs', 'double.mjs', 'default-export.cjs'])('may be %s', async name => {
    const queue = bench.queue();
    await queue.add('job', { value: 21 });
    const worker = bench.worker(queue, file(name));
    expect((await waitForEvent(worker, 'completed'))[1]).toMatchObject({ doubled: 42 });
  });

  it('is found from the working directory', async () => {
    const queue = bench.queue();
    await queue.add('job', { value: 21 });
    const worker = bench.worker(
      queue,
      `./${pathToFileURL(file('double.cjs')).pathname.slice(process.cwd().length + 1)}`,
    );
    expect((await waitForEvent(worker, 'completed'))[1]).toMatchObject({ doubled: 42 });
  });

  it("runs with the main thread's events as BullMQ's, in their order and with one job object", async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const seen: [string, object][] = [];
    for (const event of ['active', 'progress', 'completed', 'failed'] as const) {
      worker.on(event, (job: object) => void seen.push([event, job]));
    }
    const completed = waitForEvent(worker, 'completed');
    const job = await queue.add('report', { times: 3 });
    await completed;
    expect(seen.map(([event]) => event)).toEqual(['active', 'progress', 'progress', 'progress', 'completed']);
    expect(new Set(seen.map(([, which]) => which)).size).toBe(1);
    expect((await queue.getJobLogs(job.id!)).logs).toEqual(['row 1', 'row 2', 'row 3']);
    expect(await queue.getJob(job.id!)).toMatchObject({ progress: 3, returnvalue: 3 });
  });

  it('has its progress on the job of its end', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const completed = waitForEvent(worker, 'completed');
    await queue.add('report', { times: 2 });
    expect((await completed)[0].progress).toBe(2);
  });

  it('stores progress and rows when nobody listens', async () => {
    const queue = bench.queue();
    bench.worker(queue, does);
    const job = await queue.add('report', { times: 5 });
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    expect((await queue.getJobLogs(job.id!)).count).toBe(5);
    expect((await queue.getJob(job.id!))!.progress).toBe(5);
  });

  it('fails with the error that was thrown: message, stack, cause and its own fields', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const failed = waitForEvent(worker, 'failed');
    const job = await queue.add('throw', { message: 'on purpose' });
    const [, error] = await failed;
    expect(error).toMatchObject({
      name: 'Error',
      message: 'on purpose',
      code: 'E_CODE',
      cause: { message: 'the cause' },
    });
    const stored = (await queue.getJob(job.id!))!;
    expect(stored.failedReason).toBe('on purpose');
    expect(stored.stacktrace![0]).toContain('does.cjs');
  });

  it.each([
    ['throwNull', /null/],
    ['unserialisable', /serialize/],
  ])('that does %s fails the attempt', async (action, message) => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const failed = waitForEvent(worker, 'failed');
    await queue.add(action, {});
    expect((await failed)[1].message).toMatch(message);
  });

  it('retries by the attempts and the backoff of the job', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const failed = waitForEvents(worker, 'failed', 3);
    const job = await queue.add('throw', { message: 'no' }, { attempts: 3, backoff: { type: 'fixed', delay: 10 } });
    await failed;
    expect(await job.getState()).toBe('failed');
    expect((await queue.getJob(job.id!))!.attemptsMade).toBe(3);
  });

  it("moves its job by BullMQ's errors, matched by name", async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const completed = waitForEvents(worker, 'completed', 2);
    const failed = waitForEvent(worker, 'failed');
    await queue.add('delay', {});
    await queue.add('wait', {});
    const final = await queue.add('unrecoverable', {}, { attempts: 5 });
    expect((await completed).map(([, result]) => result)).toEqual(['second', 'second']);
    await failed;
    expect(await final.getState()).toBe('failed');
  });

  it('updates its data', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const completed = waitForEvent(worker, 'completed');
    const job = await queue.add('update', { value: 1 });
    expect((await completed)[1]).toEqual({ value: 1, seen: true });
    expect((await queue.getJob(job.id!))!.data).toEqual({ value: 1, seen: true });
  });

  it('waits for its children and reads what came of them', async () => {
    const parents = bench.queue();
    const children = bench.queue();
    bench.worker(children, does, { concurrency: 2 });
    const worker = bench.worker(parents, does);
    const completed = waitForEvent(worker, 'completed');
    await bench.flows().add({
      name: 'children',
      queueName: parents.name,
      data: {},
      children: [
        { name: 'return', queueName: children.name, data: { value: 7 } },
        {
          name: 'throw',
          queueName: children.name,
          data: { message: 'ignored' },
          opts: { ignoreDependencyOnFailure: true },
        },
      ],
    });
    expect((await completed)[1]).toEqual({
      values: [7],
      failures: ['ignored'],
      count: { failed: 0, ignored: 1, processed: 1, unprocessed: 0 },
    });
  });

  it('is scheduled again by a job scheduler', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does);
    const completed = waitForEvents(worker, 'completed', 3);
    await queue.upsertJobScheduler('often', { every: 20 }, { name: 'return', data: { value: 1 } });
    for (const [, result] of await completed) expect(result).toBe(1);
    await queue.removeJobScheduler('often');
  });
});

describe('a blocked main thread', () => {
  it('holds up no job on a thread', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { concurrency: 2, lockDuration: 1000 });
    await worker.waitUntilReady();
    await queue.add('where', {});
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    await queue.addBulk(Array.from({ length: 20 }, () => ({ name: 'sleep', data: { ms: 100 } })));
    const end = Date.now() + 4000; // far longer than those jobs take, and than a lock lasts
    while (Date.now() < end);
    const done = (await queue.getCompleted()).filter(job => job.finishedOn! <= end);
    expect(done).toHaveLength(21);
    expect(done.every(job => job.attemptsMade === 1 && job.stalledCounter === 0)).toBe(true);
  });
});

describe('threads', () => {
  const threadsOf = (results: unknown[][]) => new Set(results.map(([, threadId]) => threadId)).size;

  it('are as many as concurrency, a job each', async () => {
    const queue = bench.queue();
    await queue.addBulk(Array.from({ length: 12 }, () => ({ name: 'sleep', data: { ms: 50 } })));
    const worker = bench.worker(queue, does, { concurrency: 3 });
    expect(threadsOf(await waitForEvents(worker, 'completed', 12))).toBe(3);
  });

  it('are no more than `threads`, and interleave the rest', async () => {
    const queue = bench.queue();
    await queue.addBulk(Array.from({ length: 12 }, () => ({ name: 'sleep', data: { ms: 200 } })));
    const worker = bench.worker(queue, does, { concurrency: 12, threads: 2 });
    let active = 0;
    let most = 0;
    worker.on('active', () => (most = Math.max(most, ++active)));
    worker.on('completed', () => void active--);
    expect(threadsOf(await waitForEvents(worker, 'completed', 12))).toBe(2);
    expect(most).toBe(12);
  });

  it('follow a concurrency that changes', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { concurrency: 1 });
    const first = waitForEvents(worker, 'completed', 4);
    await queue.addBulk(Array.from({ length: 4 }, () => ({ name: 'sleep', data: { ms: 20 } })));
    expect(threadsOf(await first)).toBe(1);
    worker.concurrency = 3;
    const second = waitForEvents(worker, 'completed', 9);
    await queue.addBulk(Array.from({ length: 9 }, () => ({ name: 'sleep', data: { ms: 50 } })));
    expect(threadsOf(await second)).toBe(3);
  });

  it('end after maxJobsPerThread, and others take over', async () => {
    const queue = bench.queue();
    await queue.addBulk(Array.from({ length: 9 }, () => ({ name: 'where', data: {} })));
    const worker = bench.worker(queue, does, { maxJobsPerThread: 3 });
    const results = await waitForEvents(worker, 'completed', 9);
    expect(threadsOf(results)).toBe(3);
  });

  it('end when idle, all but one', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, does, { concurrency: 3, idleThreadTimeout: 100 });
    /** The threads of three jobs that run at the same time. */
    const hold = async (): Promise<number[]> => {
      const held = waitForEvents(worker, 'progress', 3);
      await queue.addBulk(Array.from({ length: 3 }, () => ({ name: 'hold', data: {} })));
      return (await held).map(([, threadId]) => threadId as number);
    };
    const release = async () => {
      const completed = waitForEvents(worker, 'completed', 3);
      worker.cancelAllJobs();
      await completed;
    };
    const before = await hold();
    expect(new Set(before).size).toBe(3);
    const most = tasks();
    await release();
    await waitFor(() => tasks() <= most - 2);
    const after = await hold();
    expect(after.filter(threadId => before.includes(threadId))).toHaveLength(1);
    await release();
  });

  it('get the environment and the arguments of workerThreadsOptions', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, file('environment.cjs'), {
      workerThreadsOptions: { env: { AUROCHS_TEST: 'yes' }, argv: ['--given'], workerData: { mine: 1 } },
    });
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    expect((await completed)[1]).toEqual({ env: 'yes', argv: ['--given'], workerData: { mine: 1 } });
  });
});
