// WorkerOptions: BullMQ's, and each one that Aurochs adds. Compiled, never run.
import { Queue, Worker, type CloseOptions, type JobsOptions, type WorkerOptions } from 'aurochs';
import type { WorkerOptions as BullWorkerOptions } from 'bullmq';
import { expectType } from './expect';

const connection = { host: '127.0.0.1', port: 6379 };
const given = { connection };

type Added = Exclude<keyof WorkerOptions, keyof BullWorkerOptions>;

export function added(): void {
  const types: { [Option in Added]-?: WorkerOptions[Option] } = {
    threads: 2,
    idleThreadTimeout: 60_000,
    maxJobsPerThread: 1000,
    isolation: 'process',
    timeLimit: 30_000,
    softTimeLimit: 20_000,
    maxLoopLag: 5000,
    batching: false,
    shutdownTimeout: 10_000,
  };
  expectType<number | undefined>()(types.threads);
  expectType<number | undefined>()(types.idleThreadTimeout);
  expectType<number | undefined>()(types.maxJobsPerThread);
  expectType<'thread' | 'process' | undefined>()(types.isolation);
  expectType<number | undefined>()(types.timeLimit);
  expectType<number | undefined>()(types.softTimeLimit);
  expectType<number | undefined>()(types.maxLoopLag);
  expectType<boolean | undefined>()(types.batching);
  expectType<number | undefined>()(types.shutdownTimeout);
}

export function wrong(): WorkerOptions[] {
  return [
    // @ts-expect-error -- a number
    { ...given, threads: '2' },
    // @ts-expect-error -- a number
    { ...given, idleThreadTimeout: '1 minute' },
    // @ts-expect-error -- a number
    { ...given, maxJobsPerThread: true },
    // @ts-expect-error -- 'thread' or 'process'
    { ...given, isolation: 'container' },
    // @ts-expect-error -- a number
    { ...given, timeLimit: '30s' },
    // @ts-expect-error -- a number
    { ...given, softTimeLimit: null },
    // @ts-expect-error -- a number
    { ...given, maxLoopLag: false },
    // @ts-expect-error -- a boolean
    { ...given, batching: 64 },
    // @ts-expect-error -- a number
    { ...given, shutdownTimeout: { ms: 10_000 } },
    // @ts-expect-error -- there is no such option
    { ...given, timeLimits: 30_000 },
    // @ts-expect-error -- BullMQ's are still checked
    { ...given, limiter: { max: 1 } },
    // @ts-expect-error -- a connection is required
    { concurrency: 1 },
  ];
}

export function withBullMQs(options: BullWorkerOptions): void {
  const ours: WorkerOptions = options;
  const theirs: BullWorkerOptions = ours;
  void theirs;
  const worker = new Worker('q', async () => 1, options);
  expectType<number | undefined>()(worker.opts.timeLimit);
  expectType<number | undefined>()(worker.opts.lockDuration);
}

export async function ofJobs(): Promise<void> {
  const queue = new Queue('q', given);
  await queue.add('job', {}, { timeLimit: 1000, attempts: 2 });
  await queue.upsertJobScheduler('nightly', { pattern: '0 3 * * *' }, { name: 'job', opts: { timeLimit: 1000 } });
  // @ts-expect-error -- a number
  await queue.add('job', {}, { timeLimit: '1s' });
  expectType<number | undefined>()(({} as JobsOptions).timeLimit);
}

export function ofClosing(options: CloseOptions): void {
  expectType<boolean | undefined>()(options.force);
  expectType<number | undefined>()(options.timeout);
}
