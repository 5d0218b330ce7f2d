/**
 * The jobs in flight that JavaScript holds a Job object for.
 */
import type { Job } from 'bullmq';
import type { FlatHash, JobHandle } from '../binding';
import type { EngineEvent } from './events';
import type { WorkerInternals } from './internals';
import { toJobJson } from './job-hash';

/** An event that carries a job: `src/worker/worker_loop_jobs.cc` fills these in. */
export type JobEvent = EngineEvent & { id: string; token: string; list: FlatHash };

export interface InFlight {
  job: Job;
  token: string;
  /** The options that decide on the job's end, as they were fetched. */
  endOptions: unknown[];
  /** What an inline processor returned. */
  result?: unknown;
  /** The hard limit that an inline job has passed. */
  limit?: Error;
  /** BullMQ's code has it in hand. */
  moving?: boolean;
}

export class JobsInFlight {
  private readonly entries = new Map<JobHandle, InFlight>();

  constructor(private readonly worker: WorkerInternals) {}

  get(handle: JobHandle): InFlight | undefined {
    return this.entries.get(handle);
  }

  /** Looks through them all: for attempts that fail, and for telemetry. */
  handleOf(job: Job): JobHandle | undefined {
    for (const [handle, entry] of this.entries) if (entry.job === job) return handle;
    return undefined;
  }

  track(handle: JobHandle, job: Job, token: string): InFlight {
    const entry: InFlight = { job, token, endOptions: endOptions(job) };
    this.entries.set(handle, entry);
    return entry;
  }

  delete(handle: JobHandle): void {
    this.entries.delete(handle);
  }

  /** The entry of an event's job; the same Job object for all events of a job. */
  of(event: JobEvent): InFlight {
    const entry = this.entries.get(event.job);
    if (entry) return entry;
    const job = this.worker.createJob(toJobJson(event.list, event.id), event.id);
    job.token = event.token;
    return this.track(event.job, job, event.token);
  }
}

/** Changed by a processor, these make the job's end BullMQ's business: the native loop has read them already. */
export function endOptions({ opts }: Job): unknown[] {
  return [
    opts.removeOnComplete,
    opts.attempts,
    opts.failParentOnFailure,
    opts.continueParentOnFailure,
    opts.ignoreDependencyOnFailure,
    opts.removeDependencyOnFailure,
  ];
}
