// What is kept of finished jobs, of their logs and of their counts.
import type { KeepJobs } from 'bullmq';
import { byName, named, type Scenario } from './scenario';

const many = (opts: object = {}) =>
  named('echo', 'fail', 'echo', 'echo', 'fail', 'fail', 'echo', 'fail', 'log').map(job => ({ ...job, opts }));

const forms: Record<string, boolean | number | KeepJobs> = {
  true: true,
  false: false,
  'a count': 2,
  'no jobs': 0,
  'an object with a count': { count: 1 },
  'an object with an age': { age: 3600 },
  'an object with both': { age: 3600, count: 2 },
  'an object with a limit': { age: 3600, count: 1, limit: 1 },
};

export const retention: Scenario[] = [
  ...Object.entries(forms).map(([name, keep]): Scenario => ({
    name: `kept jobs, set on the job: ${name}`,
    fill: ({ queue }) => queue.addBulk(many({ removeOnComplete: keep, removeOnFail: keep })),
  })),
  ...Object.entries(forms)
    .filter((form): form is [string, KeepJobs] => typeof form[1] === 'object')
    .map(([name, keep]): Scenario => ({
      name: `kept jobs, set on the worker: ${name}`,
      worker: { removeOnComplete: keep, removeOnFail: keep },
      fill: ({ queue }) => queue.addBulk([...many(), ...many({ removeOnComplete: 3, removeOnFail: false })]),
    })),
  {
    name: 'kept jobs that have grown too old',
    worker: { removeOnComplete: { age: 60 }, removeOnFail: { age: 60 } },
    fill: ({ queue }) => queue.addBulk(named('echo', 'fail', 'age', 'echo', 'fail')),
    work: async (job, { queue, redis }) => {
      if (job.name !== 'age') return byName(job);
      await redis.zadd(queue.toKey('completed'), Date.now() - 3_600_000, '1');
      await redis.zadd(queue.toKey('failed'), Date.now() - 3_600_000, '2');
      return undefined;
    },
  },
  {
    name: 'logs: all, some, none',
    fill: ({ queue }) =>
      queue.addBulk([
        ...named('log', 'log'),
        { name: 'log', data: {}, opts: { keepLogs: 1 } },
        { name: 'clear', data: {} },
      ]),
    work: async job => {
      if (job.name !== 'clear') return byName(job);
      for (let row = 0; row < 6; row++) await job.log(`row ${row}`);
      return job.clearLogs(2);
    },
  },
  {
    name: 'metrics',
    worker: { metrics: { maxDataPoints: 10 } },
    // As if the last job had finished four minutes ago.
    fill: async ({ queue, redis }) => {
      const past = { count: 7, prevTS: Date.now() - 240_000, prevCount: 3 };
      await redis.hset(queue.toKey('metrics:completed'), past);
      await queue.addBulk(many());
    },
  },
  {
    name: 'a name for the worker',
    worker: { name: 'Härtefall 1' },
    fill: ({ queue }) => queue.addBulk(named('echo', 'fail', 'flaky').map(job => ({ ...job, opts: { attempts: 2 } }))),
  },
];
