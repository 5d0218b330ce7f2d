// Jobs are completed and fetched in batches; what that must never cost: a job, or its only completion.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from 'aurochs';
import type { Queue } from 'bullmq';
import { fixtures } from './support/compile';
import { FaultProxy } from './support/fault-proxy';
import { ScriptCuts, type Cut } from './support/fault-proxy-faults';
import { useBench } from './support/queue';
import { sleep, waitFor, waitForEvents } from './support/wait';

const bench = useBench();
const script = readFileSync(join(__dirname, '../src/protocol/lua/finish_and_fetch.lua'));
const sha1 = createHash('sha1').update(script).digest('hex');

const jobs = (count: number, opts: object = {}) =>
  Array.from({ length: count }, (_, i) => ({ name: 'job', data: { a: i }, opts }));

const processors: Record<string, () => object> = {
  inline: () => async () => 'done',
  native: () => native(fixtures(), 'sum'),
};

/** How often each job's completion stands among the queue's events. */
async function completions(queue: Queue): Promise<Map<string, number>> {
  const entries = await bench.redis.client().xrange(`bull:${queue.name}:events`, '-', '+');
  const counts = new Map<string, number>();
  for (const [, fields] of entries) {
    if (fields[fields.indexOf('event') + 1] !== 'completed') continue;
    const id = fields[fields.indexOf('jobId') + 1];
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

async function scriptCalls(): Promise<number> {
  const stats = String(await bench.redis.cli('INFO', 'commandstats'));
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

describe.each(Object.entries(processors))('%s', (_, processor) => {
  const plans: Record<string, (call: number) => Cut | undefined> = {
    'cut before Redis has them': call => (call % 5 === 0 ? 'before' : undefined),
    'cut before their replies arrive': call => (call % 5 === 0 ? 'after' : undefined),
    'cut either way': call => (call % 4 === 0 ? (call % 8 === 0 ? 'before' : 'after') : undefined),
  };
  it.each(Object.entries(plans))('batches %s lose no job, and complete none twice', async (_, plan) => {
    const queue = bench.queue();
    await queue.addBulk(jobs(400));
    const { host, port } = bench.connection as { host: string; port: number };
    const proxy = bench.keep(new FaultProxy({ host, port }));
    const cuts: ScriptCuts = new ScriptCuts(sha1, call => (cuts.cuts < 6 ? plan(call) : undefined));
    proxy.inject(cuts);
    bench.worker(queue, processor(), {
      connection: await proxy.open(),
      concurrency: 20,
      // What was fetched by a call whose reply was lost is recovered as stalled, however often that happens to it.
      ...{ lockDuration: 500, stalledInterval: 100, maxStalledCount: 1000 },
    });
    await waitFor(async () => (await queue.getCompletedCount()) === 400, { what: 'all jobs to be completed' });
    expect(cuts.cuts).toBeGreaterThan(3);
    const counts = await queue.getJobCounts('wait', 'active', 'failed', 'delayed');
    expect(counts).toEqual({ wait: 0, active: 0, failed: 0, delayed: 0 });
    const completed = await completions(queue);
    expect(completed.size).toBe(400);
    expect([...completed].filter(([, times]) => times !== 1)).toEqual([]);
  });

  it('takes few calls for many jobs, unless batching is off', async () => {
    const work = async (options: object) => {
      const queue = bench.queue();
      await queue.addBulk(jobs(300));
      const before = await scriptCalls();
      const worker = bench.worker(queue, processor(), { concurrency: 50, skipStalledCheck: true, ...options });
      await waitFor(async () => (await queue.getCompletedCount()) === 300);
      await worker.close();
      expect((await completions(queue)).size).toBe(300);
      return (await scriptCalls()) - before;
    };
    expect(await work({})).toBeLessThan(150);
    expect(await work({ batching: false })).toBeGreaterThanOrEqual(300);
  });

  it('Redis may refuse the script: BullMQ’s own ones go on, and an error says why', async () => {
    await bench.redis.cli('ACL', 'SETUSER', 'careful', 'on', '>pass', '~*', '&*', '+@all', '-mget');
    const queue = bench.queue();
    await queue.addBulk(jobs(60));
    const worker = bench.worker(queue, processor(), {
      connection: { ...bench.connection, username: 'careful', password: 'pass' },
      concurrency: 10,
      ...{ lockDuration: 1000, stalledInterval: 200, maxStalledCount: 1000 },
    });
    await waitFor(async () => (await queue.getCompletedCount()) === 60);
    expect([...(await completions(queue)).values()].every(times => times === 1)).toBe(true);
    expect(worker.errors.map(error => error.message).join()).toMatch(
      /BullMQ's scripts take over for a minute: .*(can't run|no permissions)/,
    );
  });

  it('Redis may know no script by its SHA-1: it is sent whole', async () => {
    await bench.redis.cli('ACL', 'SETUSER', 'scriptless', 'on', '>pass', '~*', '&*', '+@all', '-script');
    await bench.redis.cli('SCRIPT', 'FLUSH');
    const queue = bench.queue();
    await queue.addBulk(jobs(60));
    const worker = bench.worker(queue, processor(), {
      connection: { ...bench.connection, username: 'scriptless', password: 'pass' },
      concurrency: 10,
    });
    await waitFor(async () => (await queue.getCompletedCount()) === 60);
    expect(worker.errors).toEqual([]);
  });

  it('jobs may each be kept in a way of their own', async () => {
    const queue = bench.queue();
    await queue.addBulk(
      Array.from({ length: 200 }, (_, i) => ({
        ...{ name: 'job', data: { a: i } },
        opts: { removeOnComplete: i % 2 ? { count: 1000 + i } : { age: 3600 + i } },
      })),
    );
    bench.worker(queue, processor(), { concurrency: 50 });
    await waitFor(async () => (await queue.getCompletedCount()) === 200);
    expect([...(await completions(queue)).values()].every(times => times === 1)).toBe(true);
  });
});

it('a worker that is resumed while its last batch is on the way works on', async () => {
  const queue = bench.queue();
  let end = () => {};
  const worker = bench.worker(queue, () => new Promise<void>(resolve => (end = resolve)), { concurrency: 1 });
  for (let round = 1; round <= 8; round++) {
    const active = waitForEvents(worker, 'active', 1);
    await queue.add('job', round);
    await active;
    // A fetch is wanted, but the worker is paused before it is asked for; and Redis takes its time.
    await bench.redis.cli('CLIENT', 'PAUSE', 100);
    worker.concurrency = 2;
    const paused = worker.pause(true);
    end();
    await sleep(20);
    await worker.resume();
    await paused;
    worker.concurrency = 1;
    await waitFor(async () => (await queue.getCompletedCount()) === round, { what: `the job of round ${round}` });
  }
});

it('large results and large data go in smaller batches', async () => {
  const queue = bench.queue();
  const text = 'ä'.repeat(100_000);
  const worker = bench.worker(queue, async job => job.data as string, { concurrency: 50 });
  const completed = waitForEvents(worker, 'completed', 80);
  await queue.addBulk(Array.from({ length: 80 }, (_, i) => ({ name: 'job', data: `${i}${text}` })));
  const results = (await completed).map(([, result]) => result as string);
  expect(new Set(results).size).toBe(80);
  expect(results.every(result => result.endsWith(text))).toBe(true);
});

it('a batch has jobs of every kind', async () => {
  const queue = bench.queue();
  const flows = bench.flows();
  const kinds: object[] = [
    {},
    { removeOnComplete: true },
    { removeOnComplete: 5 },
    { removeOnComplete: { age: 3600 } },
    { priority: 3 },
    { lifo: true },
    { attempts: 2 },
  ];
  await queue.pause();
  await queue.addBulk(Array.from({ length: 210 }, (_, i) => ({ name: 'job', data: i, opts: kinds[i % kinds.length] })));
  for (let i = 0; i < 10; i++) {
    await queue.add('job', 'kept apart', { deduplication: { id: `d${i}` } });
    await flows.add({ name: 'job', queueName: queue.name, children: [{ name: 'job', queueName: queue.name }] });
  }
  const seen = new Map<string, number>();
  const worker = bench.worker(
    queue,
    async job => {
      seen.set(job.id!, (seen.get(job.id!) ?? 0) + 1);
      if (job.opts.attempts === 2 && job.attemptsMade === 0) throw new Error('once more');
      return job.data as unknown;
    },
    { concurrency: 40 },
  );
  const all = 210 + 10 + 20;
  const completed = waitForEvents(worker, 'completed', all);
  await queue.resume();
  await completed;
  await worker.close();
  expect(await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized', 'waiting-children', 'failed')).toEqual({
    ...{ wait: 0, active: 0, delayed: 0, prioritized: 0, 'waiting-children': 0, failed: 0 },
  });
  expect(seen.size).toBe(all);
  expect([...seen.values()].filter(times => times === 2)).toHaveLength(30);
});
