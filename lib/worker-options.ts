/**
 * A Worker's options: BullMQ's, and those of threads and limits.
 */
import type { ConnectionOptions, RedisQueueBackend, WorkerOptions as BullWorkerOptions } from 'bullmq';

declare module 'bullmq' {
  interface DefaultJobOptions {
    /** How long an Aurochs Worker lets the job run, in ms; lowers the worker's own `timeLimit`. */
    timeLimit?: number;
  }
}

export interface WorkerOptions<
  ConnectionOptionsType = ConnectionOptions,
> extends BullWorkerOptions<ConnectionOptionsType> {
  /**
   * File processors: how many JavaScript threads there may be. Each then interleaves up to `concurrency / threads`
   * asynchronous jobs. Without it each thread runs one job at a time, and there are up to `concurrency` of them.
   */
  threads?: number;
  /** File processors: a thread that has been idle for this time, in ms, ends; the last one stays. Default: 60,000. */
  idleThreadTimeout?: number;
  /** File processors: a thread ends after this many jobs, and another takes its place. Default: no limit. */
  maxJobsPerThread?: number;
  /**
   * File processors: `thread` (the default) runs them on JavaScript threads, `process` in BullMQ's child processes.
   */
  isolation?: 'thread' | 'process';
  /**
   * How long a job may run, in ms. A job on a JavaScript thread is then stopped, with its thread, and fails with a
   * TimeLimitError. A native processor sees `cancelled()`, an inline one its signal aborted; what goes on for 5 s
   * loses its lock and is recovered as stalled. `timeLimit` among a job's own options lowers it. Default: no limit.
   */
  timeLimit?: number;
  /** After this time, in ms, a job's signal is aborted (`cancelled()` of native processors). Default: never. */
  softTimeLimit?: number;
  /**
   * Inline processors: the locks of jobs in flight are not renewed while the event loop is blocked for longer than
   * this, in ms, so that a hung process loses its jobs to others. Default: they always are.
   */
  maxLoopLag?: number;
  /**
   * Whether jobs are completed and fetched in batches, by a script of Aurochs' own that leaves in Redis what BullMQ's
   * scripts leave. `false`: by BullMQ's scripts alone, one job a call. Default: true.
   */
  batching?: boolean;
  /**
   * How long close() waits for jobs in flight, in ms: then their signals are aborted, a second later their threads
   * are ended, and what hasn't finished goes back to wait. Default: as long as it takes.
   */
  shutdownTimeout?: number;
}

/** What a Worker's close() may be given. BullMQ's own loop (`worker.engine`) heeds `force` alone. */
export interface CloseOptions {
  /** As `close(true)`: doesn't wait for jobs in flight, which are recovered as stalled. */
  force?: boolean;
  /** In place of the worker's `shutdownTimeout`. */
  timeout?: number;
}

/** `Type`, which is to be known from elsewhere: what the built-in NoInfer is, for compilers before TypeScript 5.4. */
export type NotInferred<Type> = [Type][Type extends any ? 0 : never];

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** As with BullMQ's Worker: only Redis by its own options can do without a factory, and may leave out the options. */
export type DefaultOptions<Backend, Connection> = [
  Same<Backend, RedisQueueBackend>,
  Same<Connection, ConnectionOptions>,
] extends [true, true]
  ? [opts?: WorkerOptions, backendFactory?: undefined]
  : [opts: never];
