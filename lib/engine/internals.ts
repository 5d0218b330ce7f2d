/**
 * BullMQ's Worker as the native loop uses it: the cold path is BullMQ's own code, some of it private or protected.
 * The pinned version of the package makes that safe; this is the whole list.
 */
import type { Job, JobJson, LockManager, RedisQueueBackend, Span, SpanKind, WorkerOptions } from 'bullmq';

/** Of a processor file that runs in BullMQ's sandbox. */
interface ChildPool {
  retained: Record<string, object>;
  kill(child: object, signal: string): Promise<void>;
  clean(): Promise<void>;
}

export interface WorkerInternals {
  readonly id: string;
  readonly name: string;
  readonly opts: WorkerOptions;
  readonly concurrency: number;
  closing: Promise<void> | undefined;
  closed: boolean;
  paused: boolean;
  running: boolean;
  backend: RedisQueueBackend;
  lockManager: LockManager;
  childPool?: ChildPool;
  processorAcceptsSignal: boolean;
  abortDelayController: AbortController | null;
  stalledCheckerGeneration: number;
  stalledCheckStopper?: () => void;

  /** What BullMQ's finishing code leaves behind: when it may fetch again, and whether it said `drained`. */
  limitUntil: number;
  blockUntil: number;
  drained: boolean;

  emit(event: string, ...args: unknown[]): boolean;
  trace<T>(
    kind: SpanKind,
    operation: string,
    destination: string,
    callback: (span?: Span) => Promise<T> | T,
  ): Promise<T>;
  createJob(json: JobJson, id: string): Job;
  /** Schedules a job scheduler's next iteration, emits `active`; undefined when that failed. */
  nextJobFromJobData(json: JobJson, id: string, token: string): Promise<Job | undefined>;
  callProcessJob(job: Job, token: string, signal?: AbortSignal): Promise<unknown>;
  processJob(job: Job, token: string, fetchNextCallback: () => boolean): Promise<Job | undefined | void>;
  getUnrecoverableErrorMessage(job: Job): string | undefined;
  handleCompleted(result: unknown, job: Job, token: string, fetchNextCallback: () => boolean): Promise<Job | undefined>;
  handleFailed(error: Error, job: Job, token: string, fetchNextCallback: () => boolean): Promise<Job | undefined>;
  retryIfFailed<T>(
    action: () => Promise<T>,
    options: { delayInMs: number; onlyEmitError?: boolean },
  ): Promise<T | undefined>;
}

export function internals(worker: object): WorkerInternals {
  return worker as unknown as WorkerInternals;
}

/** Ends the processes of a sandbox at once; what they were doing is nobody's business any more. */
export function killChildren({ childPool }: WorkerInternals): void {
  if (!childPool) return;
  for (const child of Object.values(childPool.retained)) void childPool.kill(child, 'SIGKILL').catch(() => undefined);
}

/** Ends the sweeps that a startStalledCheckTimer() by hand has begun. */
export function stopSweepingByHand(worker: WorkerInternals): void {
  worker.stalledCheckerGeneration++;
  worker.stalledCheckStopper?.();
}
