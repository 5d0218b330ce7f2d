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

/** A handle is generation × 2^21 + slot (`src/worker/job_table.h`); slots are used again. */
const SLOTS = 2 ** 21;

export interface InFlight {
  handle: JobHandle;
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
  /** By slot: handles are too large for a Map to be quick with. */
  private readonly entries: (InFlight | undefined)[] = [];

  constructor(private readonly worker: WorkerInternals) {}

  get(handle: JobHandle): InFlight | undefined {
    const entry = this.entries[handle % SLOTS];
    return entry?.handle === handle ? entry : undefined;
  }

  /** Looks through them all: for attempts that fail, and for telemetry. */
  handleOf(job: Job): JobHandle | undefined {
    return this.entries.find(entry => entry?.job === job)?.handle;
  }

  track(handle: JobHandle, job: Job, token: string): InFlight {
    const entry: InFlight = { handle, job, token, endOptions: endOptions(job) };
    this.entries[handle % SLOTS] = entry;
    return entry;
  }

  delete(handle: JobHandle): void {
    if (this.get(handle)) this.entries[handle % SLOTS] = undefined;
  }

  /** The entry of an event's job; the same Job object for all events of a job. */
  of(event: JobEvent): InFlight {
    const entry = this.get(event.job);
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
