/**
 * The jobs of one native loop, as far as JavaScript has to do with them: inline processors, and events that carry a
 * Job.
 */
import { UnrecoverableError } from 'bullmq';
import type { Job, JobJson } from 'bullmq';
import type { JobHandle, NativeWorker } from '../binding';
import type { RouteTable } from '../routes';
import type { WorkerOptions } from '../worker-options';
import { ColdPath } from './cold-path';
import { Completions } from './completions';
import { Failed } from './events';
import { endOptions, JobsInFlight } from './in-flight';
import type { JobEvent } from './in-flight';
import type { WorkerInternals } from './internals';
import { toJobJson } from './job-hash';
import { revive, ThreadEvents } from './thread-events';

export class JobRunner {
  readonly elsewhere: ThreadEvents;
  private readonly inFlight: JobsInFlight;
  private readonly coldPath: ColdPath;
  private readonly completions: Completions;
  /** The worker limits how long its jobs run. */
  private readonly limited: boolean;
  private givenUp = false;

  constructor(
    private readonly worker: WorkerInternals,
    private readonly native: NativeWorker,
    private readonly routes: RouteTable,
  ) {
    const { timeLimit, softTimeLimit } = worker.opts as WorkerOptions;
    this.limited =
      Boolean(timeLimit || softTimeLimit) || routes.routes.some(route => route.timeLimit || route.softTimeLimit);
    this.inFlight = new JobsInFlight(worker);
    this.completions = new Completions(native);
    this.coldPath = new ColdPath(worker, native, this.inFlight, routes, (handle, job, token) => {
      if (routes.elsewhere(job.name)) this.inFlight.track(handle, job, token);
      else this.run(handle, job, token);
    });
    this.elsewhere = new ThreadEvents(worker, native, this.inFlight, this.coldPath);
  }

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
    } else if (this.routes.elsewhere(job.name)) {
      this.inFlight.track(event.job, job, event.token);
      this.native.begin(event.job);
    } else {
      this.run(event.job, job, event.token);
    }
  }

  onActive(event: JobEvent): void {
    this.worker.emit('active', this.inFlight.of(event).job, 'waiting');
  }

  onProgress(event: JobEvent): void {
    const job = this.inFlight.of(event).job;
    const progress: unknown = JSON.parse(event.text ?? 'null');
    job.progress = progress as Job['progress'];
    this.worker.emit('progress', job, progress);
  }

  onCompleted(event: JobEvent): void {
    const entry = this.inFlight.of(event);
    const { job } = entry;
    if (this.routes.elsewhere(job.name)) {
      entry.result = JSON.parse(event.text ?? 'null');
      setReturnValue(job, entry.result);
    }
    this.inFlight.delete(event.job);
    job.finishedOn = event.number;
    job.attemptsMade += 1;
    this.worker.emit('completed', job, entry.result, 'active');
  }

  /** An attempt elsewhere failed. */
  onFailed(event: JobEvent): void {
    const { job } = this.inFlight.of(event);
    this.worker.drained = (event.number & Failed.drained) !== 0;
    const text = event.text ?? '';
    const error = event.number & Failed.json ? revive(text) : this.toError(job.name, text, event.flag);
    void this.coldPath.fail(event.job, job, event.token, error);
  }

  /** The worker closes, and waits no longer: what inline processors still come to is nobody's business. */
  giveUp(): void {
    this.givenUp = true;
  }

  private toError(name: string, message: string, unrecoverable: boolean): Error {
    const native = this.routes.of(name)?.native;
    if (native) return native.toError(message, unrecoverable);
    return unrecoverable ? new UnrecoverableError(message) : new Error(message);
  }

  /** Redis refused to complete the job: what BullMQ does when its own moveToCompleted throws. */
  onFinishRefused(event: JobEvent): void {
    const job = this.inFlight.of(event).job;
    const error =
      event.number === 0
        ? new Error(event.text)
        : this.worker.backend.finishedErrors({
            code: event.number,
            jobId: event.id,
            command: 'moveToFinished',
            state: 'active',
          });
    if (this.routes.elsewhere(job.name)) this.worker.drained = event.flag;
    void this.coldPath.failToComplete(event.job, job, event.token, error);
  }

  /** BullMQ's code is about to move the job: its lock isn't the native loop's any more. */
  settling(job: Job): void {
    const handle = this.inFlight.handleOf(job);
    if (handle !== undefined) this.native.settling(handle);
  }

  private run(handle: JobHandle, job: Job, token: string): void {
    const entry = this.inFlight.track(handle, job, token);
    const { worker } = this;
    if (worker.opts.telemetry) {
      void this.runTraced(handle, job, token);
      return;
    }
    const reason = worker.getUnrecoverableErrorMessage(job);
    if (reason) {
      void this.coldPath.fail(handle, job, token, new UnrecoverableError(reason));
      return;
    }
    const controller = worker.processorAcceptsSignal
      ? worker.lockManager.trackJob(job.id!, token, job.processedOn!, true)
      : undefined;
    if (this.limited || 'timeLimit' in job.opts) this.native.started(handle);
    let running: Promise<unknown>;
    try {
      running = Promise.resolve(worker.callProcessJob(job, token, controller?.signal as AbortSignal | undefined));
    } catch (error) {
      void this.coldPath.fail(handle, job, token, error);
      return;
    }
    running.then(
      result => this.complete(handle, job, token, result),
      (error: unknown) => {
        // Given up: its end is nobody's business any more.
        if (this.givenUp || this.inFlight.get(handle) !== entry) return undefined;
        if (entry.limit) entry.limit.cause = error;
        return this.coldPath.fail(handle, job, token, entry.limit ?? error);
      },
    );
  }

  /** With telemetry, processing and finishing are BullMQ's, spans and all. */
  private async runTraced(handle: JobHandle, job: Job, token: string): Promise<void> {
    const next = await this.worker
      .processJob(job, token, this.coldPath.mayFetchNext)
      .catch((error: unknown) => void this.worker.emit('error', error));
    this.coldPath.settle(handle, token, next ?? undefined);
  }

  private complete(handle: JobHandle, job: Job, token: string, result: unknown): void {
    // Closed by force: the job is left to be recovered as stalled.
    if (this.worker.backend.closing) return;
    const entry = this.inFlight.get(handle);
    if (this.givenUp || entry?.job !== job || entry.moving) return;
    if (endOptions(job).some((option, i) => option !== entry.endOptions[i])) {
      void this.coldPath.complete(handle, job, token, result);
      return;
    }
    setReturnValue(job, result);
    let json: string | undefined;
    try {
      json = JSON.stringify(result);
    } catch (error) {
      void this.coldPath.failToComplete(handle, job, token, error);
      return;
    }
    entry.result = result;
    this.worker.lockManager.untrackJob(job.id!);
    this.completions.add(handle, json ?? 'null');
  }
}

// As BullMQ's moveToCompleted: a falsy result leaves it undefined.
function setReturnValue(job: Job, result: unknown): void {
  job.returnvalue = (result || undefined) as Job['returnvalue'];
}
