// Attempts that fail, and what becomes of their jobs.
import { DelayedError, UnrecoverableError, WaitingError, type Job } from 'bullmq';
import { isIdle, named, type Scenario } from './scenario';

const kHour = 3_600_000;

function fails(times: number) {
  return async (job: Job) => {
    if (job.attemptsMade < times) throw new Error(`attempt ${job.attemptsMade + 1} failed`);
    return job.attemptsMade;
  };
}

/** Errors of many shapes; the job's name picks one. */
const thrown: Record<string, () => unknown> = {
  string: () => 'just a string',
  object: () => ({ message: 'an object with a message', code: 7 }),
  bare: () => ({ code: 7 }),
  number: () => 42,
  type: () => new TypeError('of a type'),
  empty: () => new Error(''),
  unicode: () => new Error('ünïcödé \u0000 \u2028 ✓ "quoted"'),
  caused: () => new Error('outer', { cause: new Error('inner') }),
  stackless: () => Object.assign(new Error('no stack'), { stack: undefined }),
};

export const failures: Scenario[] = [
  {
    name: 'attempts without backoff',
    fill: ({ queue }) =>
      queue.addBulk(named('fail', 'flaky', 'echo', 'flaky').map(job => ({ ...job, opts: { attempts: 3 } }))),
  },
  {
    name: 'attempts without backoff, last in first out and by priority',
    fill: ({ queue }) =>
      queue.addBulk([
        { name: 'flaky', data: {}, opts: { attempts: 3, lifo: true } },
        { name: 'fail', data: {}, opts: { attempts: 2, priority: 2 } },
        { name: 'flaky', data: {}, opts: { attempts: 2, priority: 1 } },
        { name: 'echo', data: {} },
      ]),
  },
  ...[
    { name: 'a number', backoff: 30 },
    { name: 'fixed', backoff: { type: 'fixed', delay: 30 } },
    { name: 'exponential', backoff: { type: 'exponential', delay: 20 } },
    { name: 'exponential with jitter', backoff: { type: 'exponential', delay: 20, jitter: 0.5 } },
    { name: 'fixed with jitter', backoff: { type: 'fixed', delay: 40, jitter: 0.9 } },
  ].map(({ name, backoff }): Scenario => ({
    name: `backoff: ${name}`,
    fill: ({ queue }) => queue.add('job', {}, { attempts: 4, backoff }),
    work: fails(3),
  })),
  ...['fixed', 'exponential'].map((type): Scenario => ({
    name: `backoff: ${type}, beyond the end`,
    fill: ({ queue }) =>
      queue.addBulk(
        [1, 2].map(i => ({ name: 'fail', data: i, opts: { attempts: 3, backoff: { type, delay: kHour * i } } })),
      ),
  })),
  {
    name: 'backoff: a custom strategy that waits, goes on at once, and gives up',
    worker: {
      settings: {
        backoffStrategy: (attempts, type, _error, job) =>
          type === 'stop' ? -1 : job?.name === 'now' ? 0 : attempts * 15,
      },
    },
    events: 'per job',
    fill: ({ queue }) =>
      queue.addBulk([
        { name: 'later', data: {}, opts: { attempts: 3, backoff: { type: 'custom' } } },
        { name: 'now', data: {}, opts: { attempts: 3, backoff: { type: 'custom' } } },
        { name: 'never', data: {}, opts: { attempts: 3, backoff: { type: 'stop' } } },
      ]),
    work: fails(2),
  },
  {
    name: 'backoff: a type that nobody knows',
    fill: ({ queue }) => queue.add('fail', {}, { attempts: 2, backoff: { type: 'unheard-of', delay: 5 } }),
    // Neither retried nor failed: the job stays active, without anyone who works on it.
    until: async replay => (await replay.queue.getActiveCount()) === 1 && isIdle(replay),
  },
  {
    name: 'unrecoverable errors',
    fill: ({ queue }) =>
      queue.addBulk(named('unrecoverable', 'echo', 'other').map(job => ({ ...job, opts: { attempts: 5 } }))),
    work: async job => {
      if (job.name === 'unrecoverable') throw new UnrecoverableError();
      if (job.name === 'other') throw Object.assign(new Error('by its name'), { name: 'UnrecoverableError' });
      return job.name;
    },
  },
  {
    name: 'unrecoverable, by name of the job',
    fill: ({ queue }) => queue.addBulk(named('unrecoverable', 'echo').map(job => ({ ...job, opts: { attempts: 5 } }))),
  },
  {
    name: 'errors of every shape',
    fill: ({ queue }) => queue.addBulk(named(...Object.keys(thrown))),
    work: async job => {
      throw thrown[job.name]();
    },
  },
  {
    name: 'a stack trace limit',
    fill: ({ queue }) =>
      queue.addBulk(
        [0, 1, 2].map(stackTraceLimit => ({ name: 'fail', data: {}, opts: { attempts: 3, stackTraceLimit } })),
      ),
  },
  {
    name: 'DelayedError',
    events: 'per job',
    fill: ({ queue }) =>
      queue.addBulk([...named('soon', 'echo', 'far'), { name: 'soon', data: {}, opts: { priority: 2 } }]),
    work: async (job, _, token) => {
      if (job.name === 'echo' || job.attemptsStarted > 1) return job.attemptsStarted;
      await job.moveToDelayed(Date.now() + (job.name === 'far' ? kHour : 40), token);
      throw new DelayedError();
    },
  },
  {
    name: 'WaitingError',
    fill: ({ queue }) => queue.addBulk([...named('again', 'echo'), { name: 'again', data: {}, opts: { priority: 2 } }]),
    work: async (job, _, token) => {
      if (job.name === 'echo' || job.attemptsStarted > 2) return job.attemptsStarted;
      await job.moveToWait(token);
      throw new WaitingError();
    },
  },
  {
    name: 'maxStartedAttempts',
    worker: { maxStartedAttempts: 2 },
    fill: ({ queue }) => queue.addBulk([...named('again', 'echo'), { name: 'again', data: {}, opts: { attempts: 9 } }]),
    work: async (job, _, token) => {
      if (job.name === 'echo') return 0;
      await job.moveToWait(token);
      throw new WaitingError();
    },
  },
  {
    name: 'failed jobs that are retried by hand',
    fill: ({ queue }) => queue.addBulk(named('first', 'second', 'retry', 'echo')),
    work: async (job, { queue }) => {
      if (job.name === 'retry') {
        await (await queue.getJob('1'))!.retry('failed');
        await (await queue.getJob('2'))!.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
      } else if (job.name !== 'echo' && job.failedReason === undefined && !job.stacktrace?.length) {
        throw new Error('only at first');
      }
      return job.attemptsStarted;
    },
  },
  {
    name: 'all failed jobs retried at once, and a completed one',
    fill: ({ queue }) => queue.addBulk(named('fail', 'fail', 'echo', 'retry')),
    work: async (job, { queue }) => {
      if (job.name === 'retry') {
        await queue.retryJobs({ state: 'failed' });
        await (await queue.getJob('3'))!.retry('completed');
      }
      if (job.name === 'fail') throw new Error('always');
      return job.attemptsStarted;
    },
  },
];
