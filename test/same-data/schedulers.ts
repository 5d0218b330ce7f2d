// Job schedulers: the next iteration is scheduled when one starts.
import { byName, isIdle, type Scenario } from './scenario';

const kHour = 3_600_000;

export const schedulers: Scenario[] = [
  {
    name: 'a scheduler with a limit',
    fill: ({ queue }) =>
      queue.upsertJobScheduler('thrice', { every: 80, limit: 3 }, { name: 'echo', data: { from: 'template' } }),
  },
  {
    name: 'a scheduler whose jobs fail and are retried',
    fill: ({ queue }) =>
      queue.upsertJobScheduler(
        'twice',
        { every: 80, limit: 2 },
        { name: 'flaky', data: {}, opts: { attempts: 2, removeOnFail: true } },
      ),
  },
  {
    name: 'a scheduler that runs once, and again in an hour or so',
    fill: ({ queue }) =>
      queue.upsertJobScheduler(
        'hourly',
        { every: 24 * kHour },
        { name: 'progress', opts: { priority: 3, removeOnComplete: true } },
      ),
  },
  {
    name: 'a scheduler with a pattern, at once and then at its time',
    fill: ({ queue }) =>
      queue.upsertJobScheduler(
        'yearly',
        { pattern: '0 0 1 1 *', tz: 'UTC', immediately: true },
        { name: 'echo', data: 1 },
      ),
  },
  {
    name: 'a scheduler with an offset and a job without one',
    fill: async ({ queue }) => {
      await queue.upsertJobScheduler('offset', { every: 24 * kHour, offset: 1000 }, { name: 'echo' });
      await queue.add('log', {});
    },
    // The first iteration comes at its offset, which is at any time of the day.
    until: async replay => (await replay.queue.getCompletedCount()) >= 1 && isIdle(replay),
  },
  {
    name: 'a scheduler that ends before its second job',
    fill: ({ queue }) =>
      queue.upsertJobScheduler('once', { every: 24 * kHour, endDate: Date.now() + kHour }, { name: 'echo' }),
  },
  {
    name: 'a scheduler that is removed while its job runs',
    fill: ({ queue }) => queue.upsertJobScheduler('gone', { every: 24 * kHour }, { name: 'echo' }),
    work: async (job, { queue, record }) => {
      await record('while the first one runs');
      await queue.removeJobScheduler('gone');
      return byName(job);
    },
  },
];
