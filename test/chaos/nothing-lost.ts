// Many jobs over three processes with an inline and a native worker each, killed and started again at random: what is
// left when all is done.
import { Queue } from 'bullmq';
import { readLedger } from '../faults/ledger';
import { fixtures } from '../support/compile';
import { uniqueName } from '../support/queue';
import { startRedis } from '../support/redis';
import { isAurochs } from '../support/subject';
import { sleep, waitFor } from '../support/wait';
import { Child } from '../support-child';

export interface Chaos {
  jobs: number;
  /** How many times a process is killed, in the course of the jobs. */
  kills: number;
  /** ms until giving up. */
  deadline: number;
}

export interface Outcome {
  counts: Record<string, number>;
  /** How many `completed` events the stream holds, by job. */
  completions: Map<string, number>;
  added: number;
  stalled: number;
  kills: number;
}

const kProcesses = 3;

export async function chaos({ jobs, kills, deadline }: Chaos): Promise<Outcome> {
  const server = await startRedis();
  const name = uniqueName('chaos');
  // Every event of every job stays in the stream: added, waiting, active, completed, and more for those that stalled.
  const queue = new Queue(name, { connection: server.connection, streams: { events: { maxLen: jobs * 20 } } });
  const library = isAurochs ? fixtures() : undefined;
  const start = () => new Child('programs/mortal-worker.mjs', { connection: server.connection, queue: name, library });
  const processes = Array.from({ length: kProcesses }, start);
  let killed = 0;
  try {
    await Promise.all(processes.map(process => process.message('working')));
    for (let round = 1; round <= kills; round++) {
      const victim = Math.floor(Math.random() * kProcesses);
      await processes[victim].message('working');
      const added = Math.floor((jobs * round) / kills);
      await add(queue, Math.floor((jobs * (round - 1)) / kills), added);
      const hasBegun = async () => (await queue.getActiveCount()) > 0 || (await queue.getCompletedCount()) === added;
      await waitFor(hasBegun, { what: 'jobs to run', interval: 1 });
      await sleep(Math.random() * 40);
      processes[victim].kill('SIGKILL');
      await processes[victim].exited;
      killed++;
      processes[victim] = start();
    }
    const done = async () => (await queue.getCompletedCount()) + (await queue.getFailedCount()) >= jobs;
    await waitFor(done, { what: 'all jobs to finish', interval: 50, deadline });
    await Promise.all(processes.map(close));
    const { completions, counts } = await readLedger(server.client(), queue.toKey('events'));
    const { added = 0, stalled = 0 } = counts;
    return { counts: await queue.getJobCounts(), kills: killed, completions, added, stalled };
  } finally {
    for (const process of processes) process.kill('SIGKILL');
    await Promise.all(processes.map(process => process.exited));
    await queue.close();
    await server.stop();
  }
}

async function add(queue: Queue, from: number, to: number): Promise<void> {
  const kBulk = 1000;
  for (let first = from; first < to; first += kBulk) {
    const count = Math.min(kBulk, to - first);
    await queue.addBulk(Array.from({ length: count }, (_, i) => ({ name: 'job', data: first + i })));
  }
}

async function close(process: Child): Promise<void> {
  await process.message('working');
  process.kill('SIGTERM');
  const exit = await process.end();
  if (exit.code !== 0) throw new Error(`the worker did not end well: ${process.describe()}`);
}

/** Every job has completed, none is missing, none has completed twice. */
export function expectNothingLost(outcome: Outcome, jobs: number): void {
  // The stream is whole, and the kills have hit jobs in flight: else the rest would say nothing.
  expect(outcome.added).toBe(jobs);
  expect(outcome.stalled).toBeGreaterThan(0);
  const { completed, ...others } = outcome.counts;
  expect(completed).toBe(jobs);
  expect(Object.values(others).every(count => count === 0)).toBe(true);
  expect(outcome.completions.size).toBe(jobs);
  expect([...outcome.completions].filter(([, count]) => count !== 1)).toEqual([]);
}
