// Deduplication in all its modes.
import { byName, type Scenario } from './scenario';

const kHour = 3_600_000;
const id = 'same';

export const deduplication: Scenario[] = [
  {
    name: 'deduplication until the job completes or fails',
    fill: async ({ queue }) => {
      for (const name of ['echo', 'echo', 'fail', 'fail']) {
        await queue.add(name, {}, { deduplication: { id: `id of ${name}` }, attempts: 2 });
      }
    },
    work: async (job, { queue, record }) => {
      await queue.add(job.name, { again: true }, { deduplication: { id: `id of ${job.name}` } });
      await record(`during ${job.name}, attempt ${job.attemptsMade}`);
      return byName(job);
    },
  },
  {
    name: 'deduplication for a time',
    fill: async ({ queue }) => {
      for (let i = 0; i < 3; i++) await queue.add('echo', { i }, { deduplication: { id, ttl: kHour } });
    },
  },
  {
    name: 'deduplication for a time that is extended',
    fill: async ({ queue }) => {
      for (let i = 0; i < 3; i++)
        await queue.add('echo', { i }, { deduplication: { id, ttl: kHour * (i + 1), extend: true } });
    },
  },
  {
    name: 'deduplication that replaces a delayed job',
    events: 'per job',
    fill: async ({ queue }) => {
      for (let i = 0; i < 3; i++) {
        await queue.add('echo', { i }, { delay: 100, deduplication: { id, ttl: kHour, extend: true, replace: true } });
      }
    },
  },
  {
    name: 'deduplication that replaces and stays delayed',
    fill: async ({ queue }) => {
      for (let i = 0; i < 3; i++) {
        await queue.add('echo', { i }, { delay: kHour, deduplication: { id, ttl: kHour, replace: true } });
      }
    },
  },
  ...['echo', 'fail', 'unrecoverable'].map((name): Scenario => ({
    name: `deduplication that keeps the last while one is active: ${name}`,
    fill: ({ queue }) => queue.add(name, { i: 0 }, { deduplication: { id, keepLastIfActive: true }, attempts: 2 }),
    work: async (job, { queue, record }) => {
      if (job.data.i === 0 && job.attemptsMade === 0) {
        for (let i = 1; i <= 3; i++) {
          await queue.add('echo', { i }, { deduplication: { id, keepLastIfActive: true }, priority: i });
        }
        await record('with the last one kept');
      }
      return byName(job);
    },
  })),
  {
    name: 'deduplication that keeps the last, of a job that goes when it is done',
    fill: ({ queue }) =>
      queue.add('echo', { i: 0 }, { deduplication: { id, keepLastIfActive: true }, removeOnComplete: true }),
    work: async (job, { queue }) => {
      if (job.data.i === 0) await queue.add('echo', { i: 1 }, { deduplication: { id, keepLastIfActive: true } });
      return job.data;
    },
  },
  {
    name: 'deduplication lifted by hand',
    fill: ({ queue }) => queue.add('echo', {}, { deduplication: { id } }),
    work: async (job, { queue }) => {
      if (job.id === '1') {
        await job.removeDeduplicationKey();
        await queue.add('echo', {}, { deduplication: { id } });
      }
      return job.id;
    },
  },
];
