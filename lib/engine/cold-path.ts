/**
 * What is rare in a job's life, done by BullMQ's own code: attempts that fail, jobs that go back to wait. It leaves
 * the job's slot to the next one, if BullMQ's script has fetched that, else free.
 */
import type { Job } from 'bullmq';
import type { JobHandle, NativeWorker } from '../binding';
import type { RouteTable } from '../routes';
import type { JobsInFlight } from './in-flight';
import type { WorkerInternals } from './internals';
import { toFlatHash } from './job-hash';

export class ColdPath {
  /** @param onNext - BullMQ has fetched this job, which has the slot and the token now. */
  constructor(
    private readonly worker: WorkerInternals,
    private readonly native: NativeWorker,
    private readonly jobs: JobsInFlight,
    private readonly routes: RouteTable,
    private readonly onNext: (handle: JobHandle, job: Job, token: string) => void,
  ) {}

  /** May BullMQ's script fetch the next job in the same call? */
  mayFetchNext = (): boolean =>
    // The next job's route might have no room.
    !this.routes.limited && this.native.inFlight <= this.worker.concurrency;

  async fail(handle: JobHandle, job: Job, token: string, error: unknown): Promise<void> {
    const { worker } = this;
    // BullMQ reads the error's message, which null and undefined don't have.
    const reason = error ?? new Error(`The processor of job ${job.id} threw ${String(error)}`);
    await this.move(handle, job, token, () =>
      worker.handleFailed(reason as Error, job, token, () => this.mayFetchNext()),
    );
  }

  /** Redis or JSON refused to complete the job. As with BullMQ, an `error` tells of it, and the attempt fails. */
  async failToComplete(handle: JobHandle, job: Job, token: string, error: unknown): Promise<void> {
    if (!this.worker.paused && !this.worker.closing) this.worker.emit('error', error);
    await this.fail(handle, job, token, error);
  }

  /** Back to wait, with no attempt spent. */
  async putBack(handle: JobHandle, job: Job, token: string): Promise<void> {
    await this.move(handle, job, token, async () => {
      this.native.settling(handle);
      await job.moveToWait(token);
      this.worker.drained = false;
      return undefined;
    });
  }

  /** The processor has changed options that the native loop read when it fetched the job. */
  async complete(handle: JobHandle, job: Job, token: string, result: unknown): Promise<void> {
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
      this.settle(handle, token, next);
    } catch (error) {
      void this.fail(handle, job, token, error);
    }
  }

  /** BullMQ's code is done with a job, and may have fetched the next one. */
  settle(handle: JobHandle, token: string, next: Job | undefined): void {
    const { worker } = this;
    this.jobs.delete(handle);
    if (!next) {
      this.native.settled(handle, worker.limitUntil, worker.blockUntil, worker.drained);
      return;
    }
    try {
      this.native.adopt(handle, next.id!, toFlatHash(next, this.routes.elsewhere(next.name)));
    } catch (error) {
      worker.emit('error', error);
      this.native.drop(handle);
      return;
    }
    this.onNext(handle, next, token);
  }

  private async move(
    handle: JobHandle,
    job: Job,
    token: string,
    action: () => Promise<Job | undefined>,
  ): Promise<void> {
    const { worker } = this;
    const entry = this.jobs.get(handle);
    // One end is enough: a job that was given up may still come to its own.
    if (!entry || entry.moving) return;
    entry.moving = true;
    worker.limitUntil = 0;
    worker.blockUntil = 0;
    const next = await worker
      .retryIfFailed(
        () => {
          worker.lockManager.untrackJob(job.id!);
          return action();
        },
        { delayInMs: worker.opts.runRetryDelay ?? 15_000, onlyEmitError: true },
      )
      .catch((failure: unknown) => void worker.emit('error', failure));
    this.settle(handle, token, next ?? undefined);
  }
}
