// A piece of a queue's history that can be replayed with any Worker at concurrency 1.
import {
  UnrecoverableError,
  type FlowProducer,
  type Job,
  type Queue,
  type QueueOptions,
  type Worker,
  type WorkerOptions,
} from 'bullmq';
import type { Redis } from 'ioredis';
import type { EventOrder } from './snapshot';

export interface Replay {
  queue: Queue;
  flows: FlowProducer;
  redis: Redis;
  /** The worker; not before it runs. */
  worker: Worker;
  /** Records what the database holds in the middle of the run. */
  record(label: string): Promise<void>;
}

export interface Scenario {
  name: string;
  queue?: Partial<QueueOptions>;
  worker?: Partial<WorkerOptions>;
  /** Fills the queue while nobody works it. */
  fill(replay: Replay): Promise<unknown>;
  /** What the worker does with each job; `byName` unless given. Only without it can the worker be a native one. */
  work?(job: Job, replay: Replay, token: string): Promise<unknown>;
  /** What happens while the worker runs. */
  meanwhile?(replay: Replay): Promise<unknown>;
  /** When the history is over; as soon as nothing can happen within the next minute, unless given. */
  until?(replay: Replay): Promise<boolean>;
  events?: EventOrder;
}

/** The processor that `processors.c` has a twin of: what to do stands in the job's name. */
export async function byName(job: Job): Promise<unknown> {
  switch (job.name) {
    case 'echo':
      return job.data;
    case 'progress':
      await job.updateProgress(50);
      await job.updateProgress({ done: 2, of: 2 });
      return 'done';
    case 'log':
      await job.log('first row');
      await job.log('second row');
      return job.attemptsMade;
    case 'fail':
      throw new Error('it failed');
    case 'flaky':
      if (job.attemptsMade < 1) throw new Error('not the first time');
      return job.attemptsMade;
    case 'unrecoverable':
      throw new UnrecoverableError('never again');
    default:
      return undefined;
  }
}

/** Jobs for `addBulk`, one for each name. */
export function named(...names: string[]) {
  return names.map((name, i) => ({
    name,
    data: { i, text: 'ä "quoted" \u2028 text', nested: { list: [1, null, true] } },
  }));
}

/** True once so many jobs have completed or failed for good, and no job runs. */
export const isOver =
  (finished: number) =>
  async ({ queue }: Replay): Promise<boolean> => {
    const { completed, failed, active } = await queue.getJobCounts('completed', 'failed', 'active');
    return completed + failed === finished && active === 0;
  };

/** True once the worker has taken the markers: it found nothing to do and waits for more. */
export async function isIdle({ queue, redis }: Replay): Promise<boolean> {
  return (await redis.zcard(queue.toKey('marker'))) === 0;
}
