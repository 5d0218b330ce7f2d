// What goes into jobs and comes out of them.
import { byName, isIdle, named, type Scenario } from './scenario';

const results: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  false: () => false,
  zero: () => 0,
  'not a number': () => NaN,
  'empty string': () => '',
  string: () => 'ä "quoted" \u2028 \u0000 ✓ \\',
  list: () => [1, [2, undefined], { three: null }],
  date: () => new Date(0),
  big: () => ({ text: 'x'.repeat(200_000) }),
  'with toJSON': () => ({ toJSON: () => 'from toJSON' }),
  function: () => () => 1,
  'big integer': () => 1n,
  circle: () => {
    const circle: Record<string, unknown> = {};
    circle.circle = circle;
    return circle;
  },
};

const data: unknown[] = [
  undefined,
  null,
  0,
  false,
  '',
  'text',
  'ä "quoted" \u2028 \u0000 ✓ \\ \ud83d\ude00',
  [],
  [1, 'two', { three: 3 }],
  { list: Array.from({ length: 2000 }, (_, i) => ({ i, square: i * i })) },
  { 'key with "quotes"': { ü: 1.5e-7, big: 2 ** 53, nested: [[[[]]]] } },
];

export const values: Scenario[] = [
  {
    name: 'results of every shape',
    fill: ({ queue }) => queue.addBulk(named(...Object.keys(results))),
    work: async job => results[job.name](),
  },
  {
    name: 'data of every shape, echoed',
    fill: ({ queue }) => queue.addBulk(data.map(data => ({ name: 'echo', data }))),
  },
  {
    name: 'data of every shape, seen by the processor',
    fill: ({ queue }) => queue.addBulk(data.map(data => ({ name: 'echo', data }))),
    work: async job => [typeof job.data, JSON.stringify(job.data)?.length, job.id, job.name, job.attemptsStarted],
  },
  {
    name: 'names of every shape',
    fill: ({ queue }) => queue.addBulk(named('', 'with space', 'with:colon', 'ünïcödé ✓', '__proto__', '*')),
    work: async job => job.name,
  },
  {
    name: 'progress of every shape',
    fill: ({ queue }) => queue.addBulk(named('progress', 'progress')),
    work: async job => {
      for (const progress of [0, 12.5, 'half', true, { done: 1 }, [1]]) await job.updateProgress(progress as object);
      return job.progress;
    },
  },
  {
    name: 'progress and logs from outside',
    fill: ({ queue }) => queue.addBulk(named('echo', 'echo')),
    work: async (job, { queue }) => {
      await queue.updateJobProgress(job.id!, { from: 'outside' });
      await queue.addJobLog(job.id!, 'from outside', 3);
      return byName(job);
    },
  },
  {
    name: 'data that the processor changes',
    fill: ({ queue }) => queue.addBulk(named('echo', 'flaky').map(job => ({ ...job, opts: { attempts: 2 } }))),
    work: async job => {
      await job.updateData({ ...job.data, attempt: job.attemptsMade });
      return byName(job);
    },
  },
  {
    name: 'a job in the middle of its run',
    worker: { lockDuration: 25_000, name: 'in the middle' },
    fill: ({ queue }) => queue.addBulk(named('echo', 'progress', 'log')),
    work: async (job, { record }) => {
      const result = await byName(job);
      if (job.name !== 'echo') await record(`during ${job.id}`);
      return result;
    },
  },
  {
    name: 'a lock that is extended by hand',
    worker: { lockDuration: 15_000 },
    fill: ({ queue }) => queue.addBulk(named('echo', 'extend')),
    work: async (job, { record }, token) => {
      if (job.name !== 'extend') return undefined;
      await job.extendLock(token, 55_000);
      return record('with the lock extended');
    },
  },
  {
    name: 'options that only producers know',
    queue: { defaultJobOptions: { attempts: 2, keepLogs: 1, stackTraceLimit: 1 } },
    fill: ({ queue }) =>
      queue.addBulk([
        ...named('echo', 'fail', 'log'),
        { name: 'echo', data: {}, opts: { timestamp: 1_700_000_000_000, sizeLimit: 1000, attempts: 1 } },
      ]),
  },
  {
    name: 'a prefix',
    queue: { prefix: '{tenant 7}' },
    fill: ({ queue }) => queue.addBulk(named('echo', 'fail', 'progress', 'log')),
  },
  {
    name: 'a job that is removed while it runs',
    worker: { runRetryDelay: 10 },
    fill: ({ queue }) => queue.addBulk(named('echo', 'fail')),
    work: async (job, { redis, queue }) => {
      if (job.name === 'echo') await redis.del(queue.toKey(job.id!));
      return byName(job);
    },
    until: async replay => (await replay.queue.getFailedCount()) === 1 && isIdle(replay),
  },
  {
    name: 'a lock that is lost',
    fill: ({ queue }) => queue.addBulk(named('echo', 'fail')),
    work: async (job, { redis, queue }) => {
      if (job.name === 'echo') await redis.set(`${queue.toKey(job.id!)}:lock`, 'stolen');
      return byName(job);
    },
    until: async replay => (await replay.queue.getFailedCount()) === 1 && isIdle(replay),
  },
];
