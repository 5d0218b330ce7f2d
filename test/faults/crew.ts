// Workers of every kind, each on a queue of its own, that the same fault hits at the same time.
import { Queue } from 'bullmq';
import { native, pool } from 'aurochs';
import { fixtures } from '../support/compile';
import { uniqueName } from '../support/queue';
import type { RedisConnectionOptions } from '../support/redis';
import { isAurochs, Worker, type SubjectWorker } from '../support/subject';
import { sleep, waitFor } from '../support/wait';

/** Longer than any fault here: no job loses its lock while it is worked. */
export const kLockDuration = 4000;
/** How long a job takes, in ms. */
const kJob = 15;
const kConcurrency = 8;

const inline = () => () => sleep(kJob);
const pooled = () => native(fixtures(), 'nap_for');

const kinds = [
  { name: 'inline, at work', processor: inline, batching: true, busy: true },
  { name: 'inline, waiting', processor: inline, batching: true, busy: false },
  ...(isAurochs
    ? [
        { name: 'inline without batches, at work', processor: inline, batching: false, busy: true },
        { name: 'native, at work', processor: pooled, batching: true, busy: true },
        { name: 'native without batches, at work', processor: pooled, batching: false, busy: true },
        { name: 'native, waiting', processor: pooled, batching: true, busy: false },
      ]
    : []),
];

export class Member {
  /** How many jobs were added. */
  added = 0;
  /** How often each job was begun. */
  readonly runs = new Map<string, number>();
  readonly errors: (Error & { code?: string })[] = [];
  failedAttempts = 0;
  /** ms from healing to its first completion, and to its last. */
  recovery = NaN;
  whole = NaN;

  constructor(
    readonly name: string,
    readonly busy: boolean,
    readonly queue: Queue,
    readonly worker: SubjectWorker,
  ) {
    worker.on('error', error => this.errors.push(error));
    worker.on('active', job => this.runs.set(job.id!, (this.runs.get(job.id!) ?? 0) + 1));
    worker.on('failed', () => this.failedAttempts++);
  }

  async add(jobs: number): Promise<void> {
    this.added += jobs;
    // What a refusing Redis makes of an attempt is told, and tried again.
    const job = { name: 'job', data: { ms: kJob }, opts: { attempts: 1000 } };
    await this.queue.addBulk(Array.from({ length: jobs }, () => job));
  }

  /** Its jobs run, or it waits for some. */
  async inPlace(waiting: () => Promise<number>): Promise<void> {
    const what = `${this.name}: to be in place`;
    if (this.busy) await waitFor(async () => (await this.queue.getCompletedCount()) > 0, { what });
    else await waitFor(async () => (await waiting()) > 0 && this.worker.isRunning(), { what });
  }
}

export class Crew {
  private constructor(readonly members: Member[]) {}

  /** @param connection of the workers; @param queues as prepared: one for each member */
  static open(connection: object, queues: Queue[]): Crew {
    if (isAurochs) pool.configure({ threads: kConcurrency });
    const members = kinds.map(({ name, processor, batching, busy }, i) => {
      const worker = new Worker(
        queues[i].name,
        processor() as never,
        {
          ...{ connection, concurrency: kConcurrency, drainDelay: 5, autorun: false },
          ...{ lockDuration: kLockDuration, stalledInterval: 500, maxStalledCount: 1000, runRetryDelay: 500 },
          ...{ batching },
        } as never,
      ) as SubjectWorker;
      return new Member(name, busy, queues[i], worker);
    });
    return new Crew(members);
  }

  /** @param direct past all faults */
  static async prepare(direct: RedisConnectionOptions): Promise<Queue[]> {
    const queues = kinds.map(() => new Queue(uniqueName('faults'), { connection: direct }));
    for (const queue of queues) queue.on('error', () => undefined);
    await Promise.all(queues.map(queue => queue.getWaitingCount()));
    return queues;
  }

  run(): void {
    for (const { worker } of this.members) worker.run().catch(() => undefined);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.members.map(({ worker }) => worker.close(true)));
    await Promise.allSettled(this.members.map(({ queue }) => queue.close()));
  }
}
