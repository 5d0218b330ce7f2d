// Rate limits, global concurrency, pauses, and jobs that stall.
import { Worker } from 'bullmq';
import { byName, isIdle, isOver, named, type Scenario } from './scenario';

const kHour = 3_600_000;
const token = 'another worker';

/** Leaves the first job active and unlocked, as a worker does that died. */
async function abandonFirstJob({ queue }: { queue: { name: string; opts: object } }): Promise<void> {
  const { connection, prefix } = queue.opts as { connection: object; prefix?: string };
  const dead = new Worker(queue.name, null, { connection: { ...connection }, prefix, lockDuration: 1 });
  await dead.getNextJob(token, { block: false });
  await dead.close();
}

export const limits: Scenario[] = [
  {
    name: 'the limiter of the worker, waited for',
    worker: { limiter: { max: 2, duration: 120 } },
    fill: ({ queue }) => queue.addBulk(named('echo', 'echo', 'fail', 'log', 'echo')),
  },
  {
    name: 'the limiter of the worker, reached',
    worker: { limiter: { max: 2, duration: kHour } },
    fill: ({ queue }) => queue.addBulk(named('echo', 'fail', 'echo', 'echo')),
    until: isOver(2),
  },
  {
    name: 'the limit of the queue, waited for',
    fill: async ({ queue }) => {
      await queue.setGlobalRateLimit(2, 120);
      await queue.addBulk(named('echo', 'echo', 'echo', 'echo', 'echo'));
    },
  },
  {
    name: 'the limit of the queue, reached',
    fill: async ({ queue }) => {
      await queue.setGlobalRateLimit(3, kHour);
      await queue.addBulk(named('echo', 'echo', 'echo', 'echo', 'echo'));
    },
    until: isOver(3),
  },
  {
    name: 'a limit set by hand',
    fill: ({ queue }) => queue.addBulk(named('echo', 'limit', 'echo')),
    work: async (job, { queue }) => {
      if (job.name !== 'limit' || job.attemptsStarted > 1) return job.attemptsStarted;
      await queue.rateLimit(100);
      throw Worker.RateLimitError();
    },
  },
  {
    name: 'a limit set by hand by the worker, for long',
    fill: ({ queue }) =>
      queue.addBulk([...named('echo', 'limit', 'echo'), { name: 'echo', data: 0, opts: { priority: 1 } }]),
    work: async (job, { worker }) => {
      if (job.name !== 'limit') return job.name;
      await worker.rateLimit(kHour);
      throw Worker.RateLimitError();
    },
    until: async ({ queue }) => (await queue.getCompletedCount()) === 1 && (await queue.getActiveCount()) === 0,
  },
  {
    name: 'global concurrency',
    fill: async ({ queue }) => {
      await queue.setGlobalConcurrency(1);
      await queue.addBulk([...named('echo', 'fail', 'echo'), { name: 'echo', data: 0, opts: { priority: 1 } }]);
    },
    work: async (job, { record }) => {
      await record(`during ${job.id}`);
      return byName(job);
    },
  },
  {
    name: 'global concurrency that others have used up',
    fill: async ({ queue }) => {
      await queue.setGlobalConcurrency(1);
      await queue.addBulk(named('echo', 'echo'));
      await abandonFirstJob({ queue });
    },
    worker: { skipStalledCheck: true },
    until: async replay => (await replay.queue.getActiveCount()) === 1 && isIdle(replay),
  },
  {
    name: 'a queue that is paused before anything runs',
    fill: async ({ queue }) => {
      await queue.pause();
      await queue.addBulk([...named('echo', 'echo'), { name: 'echo', data: 0, opts: { delay: 20 } }]);
    },
    // The delayed one gets to wait, too.
    until: async replay => (await replay.queue.getWaitingCount()) === 3 && isIdle(replay),
  },
  {
    name: 'a queue that is paused and resumed before anything runs',
    fill: async ({ queue }) => {
      await queue.pause();
      await queue.addBulk(named('echo', 'flaky', 'echo'));
      await queue.resume();
    },
  },
  {
    name: 'a queue that is paused while a job runs',
    fill: ({ queue }) =>
      queue.addBulk([...named('echo', 'pause', 'echo'), { name: 'echo', data: 0, opts: { priority: 4 } }]),
    work: async (job, { queue }) => {
      if (job.name === 'pause') await queue.pause();
      return job.name;
    },
    until: isOver(2),
  },
  {
    name: 'a queue that is paused while a job runs that is to be retried',
    fill: ({ queue }) => queue.addBulk(named('pause', 'echo').map(job => ({ ...job, opts: { attempts: 2 } }))),
    work: async (job, { queue }) => {
      if (job.name !== 'pause') return job.name;
      await queue.pause();
      throw new Error('retried, but not now');
    },
    until: async ({ queue }) => (await queue.isPaused()) && (await queue.getActiveCount()) === 0,
  },
  {
    name: 'a worker that is paused and resumed',
    fill: ({ queue }) => queue.addBulk(named('echo', 'pause', 'echo', 'echo')),
    work: async (job, { worker }) => {
      if (job.name === 'pause') {
        await worker.pause(true);
        setImmediate(() => worker.resume());
      }
      return job.name;
    },
  },
  {
    name: 'a stalled job',
    worker: { stalledInterval: 40 },
    events: 'per job',
    fill: async ({ queue }) => {
      await queue.addBulk(named('echo', 'fail'));
      await abandonFirstJob({ queue });
    },
    until: async replay =>
      (await replay.queue.getCompletedCount()) === 1 && (await isOver(2)(replay)) && isIdle(replay),
  },
  {
    name: 'a job that stalled too often',
    worker: { stalledInterval: 40, maxStalledCount: 0 },
    events: 'per job',
    fill: async ({ queue }) => {
      await queue.add('echo', {}, { attempts: 3 });
      await abandonFirstJob({ queue });
    },
    until: async replay => (await isOver(1)(replay)) && isIdle(replay),
  },
];
