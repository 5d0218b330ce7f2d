/**
 * The jobs of one native loop, as far as JavaScript has to do with them: inline processors, events that carry a
 * Job, and the cold path, which is BullMQ's own code.
 */
import { UnrecoverableError } from 'bullmq';
import type { Job, JobJson } from 'bullmq';
import type { FlatHash, JobHandle, NativeWorker } from '../binding';
import type { NativeProcessor } from '../native';
import type { EngineEvent } from './events';
import type { WorkerInternals } from './internals';
import { toFlatHash, toJobJson } from './job-hash';

/** An event that carries a job: `src/worker/worker_loop.cc` fills these in. */
type JobEvent = EngineEvent & { id: string; token: string; list: FlatHash };

interface InFlight {
  job: Job;
  token: string;
  /** The options that decide on the job's end, as they were fetched. */
  endOptions: unknown[];
  /** What an inline processor returned. */
  result?: unknown;
}

export class JobRunner {
  private readonly inFlight = new Map<JobHandle, InFlight>();
  private readonly handles = new WeakMap<Job, JobHandle>();

  constructor(
    private readonly worker: WorkerInternals,
    private readonly native: NativeWorker,
    private readonly processor: NativeProcessor | undefined,
  ) {}

  /** A job came: run it here, or (native, from a job scheduler) schedule the next one before it runs. */
  onJob(event: JobEvent): void {
    this.worker.drained = false;
    let json: JobJson;
    let job: Job;
    try {
      json = toJobJson(event.list, event.id);
      if (json.repeatJobKey) {
        void this.schedule(event, json);
        return;
      }
      job = this.worker.createJob(json, event.id);
    } catch (error) {
      // Data that is no JSON. As with BullMQ, the job is left to be recovered as stalled, and failed in the end.
      this.worker.emit('error', error);
      this.native.drop(event.job);
      return;
    }
    job.token = event.token;
    this.worker.emit('active', job, 'waiting');
    this.run(event.job, job, event.token);
  }

  private async schedule(event: JobEvent, json: JobJson): Promise<void> {
    const job = await this.worker.nextJobFromJobData(json, event.id, event.token).catch((error: unknown) => {
      this.worker.emit('error', error);
      return undefined;
    });
    if (!job) {
      this.native.drop(event.job);
    } else if (this.processor) {
      this.track(event.job, job, event.token);
      this.native.begin(event.job);
    } else {
      this.run(event.job, job, event.token);
    }
  }

  onActive(event: JobEvent): void {
    this.worker.emit('active', this.jobOf(event), 'waiting');
  }

  onProgress(event: JobEvent): void {
    const job = this.jobOf(event);
    const progress: unknown = JSON.parse(event.text ?? 'null');
    job.progress = progress as Job['progress'];
    this.worker.emit('progress', job, progress);
  }

  onCompleted(event: JobEvent): void {
    const job = this.jobOf(event);
    const entry = this.inFlight.get(event.job)!;
    if (this.processor) {
      entry.result = JSON.parse(event.text ?? 'null');
      setReturnValue(job, entry.result);
    }
    this.inFlight.delete(event.job);
    job.finishedOn = event.number;
    job.attemptsMade += 1;
    this.worker.emit('completed', job, entry.result, 'active');
  }

  /** A native attempt failed. */
  onFailed(event: JobEvent): void {
    const job = this.jobOf(event);
    this.worker.drained = event.number !== 0;
    void this.fail(event.job, job, event.token, this.processor!.toError(event.text ?? '', event.flag));
  }

  /** Redis refused to complete the job: what BullMQ does when its own moveToCompleted throws. */
  onFinishRefused(event: JobEvent): void {
    const job = this.jobOf(event);
    const error =
      event.number === 0
        ? new Error(event.text)
        : this.worker.backend.finishedErrors({
            code: event.number,
            jobId: event.id,
            command: 'moveToFinished',
            state: 'active',
          });
    if (this.processor) this.worker.drained = event.flag;
    this.failToComplete(event.job, job, event.token, error);
  }

  /** As with BullMQ, the worker's `error` tells of it, and the attempt fails for it. */
  private failToComplete(handle: JobHandle, job: Job, token: string, error: unknown): void {
    if (!this.worker.paused && !this.worker.closing) this.worker.emit('error', error);
    void this.fail(handle, job, token, error);
  }

  /** BullMQ's code is about to move the job: its lock isn't the native loop's any more. */
  settling(job: Job): void {
    const handle = this.handles.get(job);
    if (handle !== undefined) this.native.settling(handle);
  }

  private run(handle: JobHandle, job: Job, token: string): void {
    this.track(handle, job, token);
    const { worker } = this;
    if (worker.opts.telemetry) {
      void this.runTraced(handle, job, token);
      return;
    }
    const reason = worker.getUnrecoverableErrorMessage(job);
    if (reason) {
      void this.fail(handle, job, token, new UnrecoverableError(reason));
      return;
    }
    const controller = worker.processorAcceptsSignal
      ? worker.lockManager.trackJob(job.id!, token, job.processedOn!, true)
      : undefined;
    let running: Promise<unknown>;
    try {
      running = Promise.resolve(worker.callProcessJob(job, token, controller?.signal as AbortSignal | undefined));
    } catch (error) {
      void this.fail(handle, job, token, error);
      return;
    }
    running.then(
      result => this.complete(handle, job, token, result),
      (error: unknown) => this.fail(handle, job, token, error),
    );
  }

  /** With telemetry, processing and finishing are BullMQ's, spans and all. */
  private async runTraced(handle: JobHandle, job: Job, token: string): Promise<void> {
    const next = await this.worker
      .processJob(job, token, () => this.mayFetchNext())
      .catch((error: unknown) => void this.worker.emit('error', error));
    this.settled(handle, token, next ?? undefined);
  }

  private complete(handle: JobHandle, job: Job, token: string, result: unknown): void {
    // Closed by force: the job is left to be recovered as stalled.
    if (this.worker.backend.closing) return;
    const entry = this.inFlight.get(handle);
    if (!entry) return;
    if (endOptions(job).some((option, i) => option !== entry.endOptions[i])) {
      void this.completeByBullMQ(handle, job, token, result);
      return;
    }
    setReturnValue(job, result);
    let json: string | undefined;
    try {
      json = JSON.stringify(result);
    } catch (error) {
      this.failToComplete(handle, job, token, error);
      return;
    }
    entry.result = result;
    this.worker.lockManager.untrackJob(job.id!);
    this.native.complete(handle, json ?? 'null');
  }

  /** The processor has changed options that the native loop read when it fetched the job. */
  private async completeByBullMQ(handle: JobHandle, job: Job, token: string, result: unknown): Promise<void> {
    const { worker } = this;
    worker.limitUntil = 0;
    worker.blockUntil = 0;
    try {
      const next = await worker.retryIfFailed(
        () => {
          worker.lockManager.untrackJob(job.id!);
          return worker.handleCompleted(result, job, token, () => this.mayFetchNext());
        },
        { delayInMs: worker.opts.runRetryDelay ?? 15_000 },
      );
      this.settled(handle, token, next);
    } catch (error) {
      void this.fail(handle, job, token, error);
    }
  }

  private async fail(handle: JobHandle, job: Job, token: string, error: unknown): Promise<void> {
    const { worker } = this;
    // BullMQ reads the error's message, which null and undefined don't have.
    const reason = error ?? new Error(`The processor of job ${job.id} threw ${String(error)}`);
    worker.limitUntil = 0;
    worker.blockUntil = 0;
    const next = await worker
      .retryIfFailed(
        () => {
          worker.lockManager.untrackJob(job.id!);
          return worker.handleFailed(reason as Error, job, token, () => this.mayFetchNext());
        },
        { delayInMs: worker.opts.runRetryDelay ?? 15_000, onlyEmitError: true },
      )
      .catch((failure: unknown) => void worker.emit('error', failure));
    this.settled(handle, token, next ?? undefined);
  }

  /** BullMQ's code is done with a job, and may have fetched the next one. */
  private settled(handle: JobHandle, token: string, next: Job | undefined): void {
    const { worker } = this;
    this.inFlight.delete(handle);
    if (!next) {
      this.native.settled(handle, worker.limitUntil, worker.blockUntil, worker.drained);
      return;
    }
    try {
      this.native.adopt(handle, next.id!, toFlatHash(next));
    } catch (error) {
      worker.emit('error', error);
      this.native.drop(handle);
      return;
    }
    if (this.processor) this.track(handle, next, token);
    else this.run(handle, next, token);
  }

  private mayFetchNext(): boolean {
    return this.native.inFlight <= this.worker.concurrency;
  }

  private track(handle: JobHandle, job: Job, token: string): InFlight {
    const entry: InFlight = { job, token, endOptions: endOptions(job) };
    this.inFlight.set(handle, entry);
    this.handles.set(job, handle);
    return entry;
  }

  /** The Job of an event; the same object for all events of a job. */
  private jobOf(event: JobEvent): Job {
    const entry = this.inFlight.get(event.job);
    if (entry) return entry.job;
    const job = this.worker.createJob(toJobJson(event.list, event.id), event.id);
    job.token = event.token;
    return this.track(event.job, job, event.token).job;
  }
}

function endOptions({ opts }: Job): unknown[] {
  return [
    opts.removeOnComplete,
    opts.attempts,
    opts.failParentOnFailure,
    opts.continueParentOnFailure,
    opts.ignoreDependencyOnFailure,
    opts.removeDependencyOnFailure,
  ];
}

// As BullMQ's moveToCompleted: a falsy result leaves it undefined.
function setReturnValue(job: Job, result: unknown): void {
  job.returnvalue = (result || undefined) as Job['returnvalue'];
}
