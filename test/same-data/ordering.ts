// What is waiting, and in which order it is taken.
import { named, type Scenario } from './scenario';

const kHour = 3_600_000;

export const ordering: Scenario[] = [
  {
    name: 'first in, first out',
    fill: ({ queue }) => queue.addBulk(named('echo', 'nothing', 'progress', 'log', 'echo', 'flaky', 'fail', 'echo')),
  },
  {
    name: 'last in, first out',
    fill: async ({ queue }) => {
      await queue.addBulk(named('echo', 'echo'));
      for (const name of ['echo', 'flaky', 'log']) await queue.add(name, {}, { lifo: true, attempts: 2 });
    },
  },
  {
    name: 'priorities',
    fill: async ({ queue }) => {
      const priorities = [5, 1, 3, 1, 0, 2_097_151, 3];
      await queue.addBulk(
        priorities.map((priority, i) => ({
          name: i % 2 ? 'echo' : 'flaky',
          data: { i },
          opts: { priority, attempts: 2 },
        })),
      );
    },
  },
  {
    name: 'priorities changed while a job runs',
    fill: ({ queue }) =>
      queue.addBulk([
        { name: 'change', data: {} },
        ...[1, 2, 3, 4].map(priority => ({ name: 'echo', data: {}, opts: { priority, jobId: `p${priority}` } })),
      ]),
    work: async (job, { queue, record }) => {
      if (job.name !== 'change') return job.id;
      await (await queue.getJob('p4'))!.changePriority({ priority: 1 });
      await (await queue.getJob('p3'))!.changePriority({ priority: 1, lifo: true });
      await (await queue.getJob('p1'))!.changePriority({ priority: 0 });
      return record('with changed priorities');
    },
  },
  {
    name: 'delayed jobs',
    events: 'per job',
    fill: async ({ queue }) => {
      for (const delay of [150, 50, 0, 300]) await queue.add('echo', { delay }, { delay });
      await queue.add('echo', {}, { delay: kHour });
      await queue.add('echo', {}, { delay: kHour * 2, priority: 7, lifo: true });
    },
  },
  {
    name: 'delayed jobs with a priority, and one promoted',
    events: 'per job',
    fill: async ({ queue }) => {
      await queue.add('echo', {}, { delay: 60, priority: 3 });
      const job = await queue.add('echo', {}, { delay: kHour });
      await job.promote();
      await (await queue.add('echo', {}, { delay: kHour })).changeDelay(40);
    },
  },
  {
    name: 'jobs added, removed and promoted while one runs',
    fill: async ({ queue }) => {
      await queue.add('busy', {});
      await queue.add('echo', {}, { jobId: 'to-remove' });
      await queue.add('echo', {}, { jobId: 'later', delay: kHour });
    },
    work: async (job, { queue, record }) => {
      if (job.name !== 'busy') return job.data;
      await queue.addBulk(named('echo', 'echo'));
      await queue.add('echo', {}, { lifo: true });
      await queue.remove('to-remove');
      await (await queue.getJob('later'))!.promote();
      await record('while the first job is active');
      return undefined;
    },
  },
  {
    name: 'a custom id, and a job with the id of one that is there',
    fill: async ({ queue }) => {
      await queue.addBulk([
        { name: 'echo', data: 1, opts: { jobId: 'mine' } },
        { name: 'echo', data: 2, opts: { jobId: 'mine' } },
        { name: 'echo', data: 3, opts: { jobId: 'same' } },
      ]);
    },
    work: async (job, { queue }) => {
      await queue.add('echo', { again: true }, { jobId: 'mine' });
      return job.data;
    },
  },
  {
    name: 'an empty queue',
    fill: async ({ queue }) => {
      await queue.add('echo', {});
      await queue.drain();
    },
  },
];
