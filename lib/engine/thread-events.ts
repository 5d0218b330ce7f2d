/**
 * Jobs that run on JavaScript threads, or that have passed a limit, as far as their worker's environment deals with
 * them.
 */
import type { NativeWorker } from '../binding';
import { errorFromJson, errorToJson } from '../threads/error-json';
import { TimeLimitError } from '../time-limit-error';
import type { ColdPath } from './cold-path';
import type { EngineEvent } from './events';
import type { JobEvent, JobsInFlight } from './in-flight';
import type { WorkerInternals } from './internals';

/** The methods that a job has in a processor file, as far as they are BullMQ's Job's. */
const JOB_METHODS = new Set([
  'moveToDelayed',
  'moveToWait',
  'moveToWaitingChildren',
  'updateData',
  'getChildrenValues',
  'getIgnoredChildrenFailures',
  'getDependenciesCount',
  'getDependencies',
]);

export class ThreadEvents {
  constructor(
    private readonly worker: WorkerInternals,
    private readonly native: NativeWorker,
    private readonly jobs: JobsInFlight,
    private readonly coldPath: ColdPath,
  ) {}

  /** The job's thread is gone. @param error - what it fails with; without one it goes back to wait. */
  onOrphaned(event: JobEvent, error: Error | undefined): void {
    const { job } = this.jobs.of(event);
    const reason = event.text ? revive(event.text) : error;
    if (reason) void this.coldPath.fail(event.job, job, event.token, reason);
    else void this.coldPath.putBack(event.job, job, event.token);
  }

  /** A job on a thread calls a method of its Job. */
  async onCall(event: JobEvent): Promise<void> {
    const { method, args } = JSON.parse(event.text ?? '{}') as { method: string; args: unknown[] };
    const answer = (ok: boolean, text: string) => this.native.answer(event.job, event.number, ok, text);
    try {
      const job = this.jobs.of(event).job as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      if (!JOB_METHODS.has(method)) throw new TypeError(`a job on a thread has no method ${method}`);
      answer(true, JSON.stringify(await job[method](...args)) ?? 'null');
    } catch (error) {
      answer(false, errorToJson(error));
    }
  }

  /** An inline job has passed a limit: its signal is aborted. */
  onLimitPassed(event: EngineEvent): void {
    const entry = this.jobs.get(event.job);
    if (!entry) return;
    const error = revive(event.text ?? '');
    if (event.flag) entry.limit = error;
    // BullMQ takes any reason, whatever the type says.
    this.worker.lockManager.cancelJob(entry.job.id!, error as unknown as string);
  }

  /** A job can't be stopped, and its lock is no longer renewed. */
  onOverdue(event: JobEvent): void {
    const entry = this.jobs.of(event);
    // It has come to an end after all, and BullMQ's code has it in hand.
    if (entry.moving) return;
    this.jobs.delete(event.job);
    this.native.drop(event.job);
    this.worker.lockManager.untrackJob(entry.job.id!);
    const error = revive(event.text ?? '');
    const text = `job ${entry.job.id} can't be stopped (${error.message}): its lock is not renewed any more, and it will be recovered as stalled`;
    this.worker.emit('error', error instanceof TimeLimitError ? new TimeLimitError(text) : new Error(text));
  }
}

/** The error that stands in `text` as JSON. */
export function revive(text: string): Error {
  const error = errorFromJson(text);
  if (error.name !== 'TimeLimitError') return error;
  return Object.assign(new TimeLimitError(error.message), { stack: error.stack });
}
