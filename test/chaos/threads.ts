// Many jobs on a worker whose JavaScript threads are ended at random: what is left when all is done.
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { readLedger } from '../faults/ledger';
import { uniqueName } from '../support/queue';
import { startRedis } from '../support/redis';
import { Child } from '../support-child';

export interface ThreadChaos {
  jobs: number;
  /** ms until giving up. */
  deadline: number;
}

export interface ThreadOutcome {
  /** How often each ordinary job has completed, by the stream of events. */
  completions: Map<string, number>;
  /** `added` events in the stream: of all jobs, if it is whole. */
  added: number;
  counts: Record<string, number>;
  /** How many jobs have ended their threads, by the way they did. */
  ends: Record<'exit' | 'limit' | 'cancel', number>;
  before: Usage;
  after: Usage;
  /** `error` events of the worker, and failures of jobs that nobody has asked for. */
  errors: string[];
  complaints: string;
}

interface Usage {
  tasks: number;
  files: number;
  megabytes: number;
}

export async function endThreads({ jobs, deadline }: ThreadChaos): Promise<ThreadOutcome> {
  const server = await startRedis();
  const queue = new Queue(uniqueName('chaos'), { connection: server.connection });
  const processor = join(__dirname, '..', 'threads', 'does.cjs');
  const options = { jobs, threads: 4, concurrency: 16, longest: 12 };
  const child = new Child('programs/mortal-threads.mjs', {
    ...{ connection: server.connection, queue: queue.name, processor },
    ...options,
  });
  try {
    const { ends, counts, before, after } = await child.message('done', deadline);
    await child.end();
    const { completions, counts: events } = await readLedger(server.client(), queue.toKey('events'));
    const added = events.added ?? 0;
    const errors = child.messages.filter(({ event }) => event === 'error').map(({ message }) => message as string);
    return { completions, added, counts, ends, before, after, errors, complaints: child.complaints };
  } finally {
    child.kill('SIGKILL');
    await child.exited;
    await queue.close();
    await server.stop();
  }
}

/** Every ordinary job has completed, once; nothing has added up. @param least so many threads were ended, in all */
export function expectThreadsToSurvive(outcome: ThreadOutcome, jobs: number, least: number): void {
  const { completions, added, counts, ends, before, after, errors, complaints } = outcome;
  expect({ errors, complaints }).toEqual({ errors: [], complaints: '' });
  for (const times of Object.values(ends)) expect(times).toBeGreaterThan(0);
  const ended = ends.exit + ends.limit + ends.cancel;
  expect(ended).toBeGreaterThanOrEqual(least);
  const { completed, failed, ...others } = counts;
  expect({ completed, failed }).toEqual({ completed: jobs, failed: ended });
  expect(Object.values(others).every(count => count === 0)).toBe(true);
  expect(added).toBe(jobs + ended);
  expect(completions.size).toBe(jobs);
  expect([...completions].filter(([, times]) => times !== 1)).toEqual([]);
  expect(after.tasks).toBeLessThanOrEqual(before.tasks);
  expect(after.files).toBeLessThanOrEqual(before.files);
  // A thread alone is some 5 MB: were those that ended kept, it would be far more.
  expect(after.megabytes).toBeLessThan(before.megabytes * 2 + 100);
}
