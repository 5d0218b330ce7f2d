// Many jobs for one worker process while something is done to its Redis: what is left when all is done, and how long
// the worker took to be back at work each time.
import { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { readLedger, twice } from '../faults/ledger';
import { fixtures } from '../support/compile';
import { uniqueName } from '../support/queue';
import { sleep, waitFor } from '../support/wait';
import { Child } from '../support-child';

export interface Subject {
  title: string;
  /** The package. */
  name: 'aurochs' | 'bullmq';
  native?: boolean;
}

export const subjects: Subject[] = [
  { title: 'Aurochs, inline', name: 'aurochs' },
  { title: 'Aurochs, native', name: 'aurochs', native: true },
  { title: 'BullMQ', name: 'bullmq' },
];

/** A trouble comes, stays and goes; it resolves when Redis can be reached again. */
export type Trouble = () => Promise<void>;

export interface Drill {
  subject: Subject;
  /** Of the test, past all troubles. */
  client: Redis | Cluster;
  prefix?: string;
  /** What fault-worker.mjs is to connect by. */
  worker: object;
  jobs: number;
  troubles: { name: string; trouble: Trouble }[];
  /** ms that the worker has for the jobs of one trouble. */
  patience?: number;
}

export interface DrillOutcome {
  title: string;
  engine: string;
  jobs: number;
  /** Jobs that have not completed. */
  lost: number;
  /** `id: n times` */
  twice: string[];
  stalled: number;
  failedAttempts: number;
  seconds: number;
  /** ms from when Redis could be reached to the first completion, by the trouble's name. */
  recoveries: { name: string; ms: number }[];
  /** MB of its own (Private_Dirty) and in all (RSS). */
  early: Memory;
  late: Memory;
  errors: Record<string, number>;
}

interface Memory {
  own: number;
  rss: number;
}

/** So many jobs may still be in the hands of nobody when the next trouble comes. */
const kStragglers = 200;

export async function drill({
  subject,
  client,
  prefix,
  worker,
  jobs,
  troubles,
  patience,
}: Drill): Promise<DrillOutcome> {
  const name = uniqueName('drill');
  const connection = client as never;
  const queue = new Queue(name, { connection, prefix, streams: { events: { maxLen: jobs * 20 } } });
  queue.on('error', () => undefined);
  const library = subject.native ? fixtures() : undefined;
  const child = new Child('chaos/fault-worker.mjs', { subject: subject.name, queue: name, prefix, library, ...worker });
  const started = Date.now();
  const reachable: { name: string; at: number }[] = [];
  const completed = () => queue.getCompletedCount().catch(() => 0);
  try {
    const { engine } = await child.message('working');
    let added = 0;
    for (const [i, { name, trouble }] of troubles.entries()) {
      const next = Math.floor((jobs * (i + 1)) / troubles.length);
      const before = await completed();
      await add(queue, next - added);
      added = next;
      await waitFor(async () => (await completed()) > before, { what: `jobs to complete before '${name}'` });
      await trouble();
      reachable.push({ name, at: Date.now() });
      const mostly = async () => (await completed()) >= added - kStragglers;
      if (!(await happens(mostly, patience ?? 30_000))) break;
    }
    await happens(async () => (await completed()) >= added, patience ?? 30_000);
    const seconds = (Date.now() - started) / 1000;
    const ledger = await readLedger(client, queue.toKey('events'));
    child.kill('SIGTERM');
    const { errors } = await child.message('closing');
    const memory = child.messages.filter(({ event }) => event === 'memory') as unknown as Memory[];
    return {
      ...{ title: subject.title, engine, jobs: added, seconds, errors },
      lost: added - ledger.completions.size,
      twice: twice(ledger),
      stalled: ledger.counts.stalled ?? 0,
      failedAttempts: ledger.counts.failed ?? 0,
      recoveries: reachable.map(({ name, at }) => ({
        name,
        ms: (ledger.completedAt.find(time => time >= at) ?? Infinity) - at,
      })),
      early: highest(memory.slice(0, Math.ceil(memory.length / 3))),
      late: highest(memory.slice(-Math.ceil(memory.length / 3))),
    };
  } finally {
    child.kill('SIGKILL');
    await child.exited;
    await queue.close();
  }
}

const highest = (of: Memory[]): Memory => ({
  own: Math.max(...of.map(({ own }) => own)),
  rss: Math.max(...of.map(({ rss }) => rss)),
});

async function happens(condition: () => Promise<boolean>, deadline: number): Promise<boolean> {
  for (const end = Date.now() + deadline; Date.now() < end; await sleep(20)) if (await condition()) return true;
  return false;
}

async function add(queue: Queue, count: number): Promise<void> {
  const job = () => ({ name: 'job', data: { ms: Math.round(Math.random() * 20) }, opts: { attempts: 1000 } });
  for (let left = count; left > 0; left -= 1000) {
    await queue.addBulk(Array.from({ length: Math.min(1000, left) }, job));
  }
}

/** Every job has completed, once. */
export function expectWhole({ lost, twice, failedAttempts }: DrillOutcome): void {
  expect({ lost, twice, failedAttempts }).toEqual({ lost: 0, twice: [], failedAttempts: 0 });
}
