import { TelemetryAttributes, Worker as BullWorker } from 'bullmq';
import type {
  BackendFactory,
  ConnectionOptions,
  GetNextJobOptions,
  IQueueBackend,
  Job,
  JobProgress,
  RedisQueueBackend,
  Span,
} from 'bullmq';
import { openBackend } from './engine/backend';
import { blockingConnectionOf, openBlockingConnection } from './engine/blocking-connection';
import { closeParts, hurryClose } from './engine/closing';
import { deferred } from './engine/deferred';
import type { Deferred } from './engine/deferred';
import { internals, stopSweepingByHand } from './engine/internals';
import { watchListeners } from './engine/listeners';
import { NativeLoop } from './engine/native-loop';
import { notLeased } from './engine/shared-client';
import type { ClientLease } from './engine/shared-client';
import { span } from './engine/span';
import { overridesEmit, overridesOf } from './engine/overrides';
import { bullHealth, isReady } from './health';
import type { WorkerHealth } from './health';
import { validate, validateTimeout } from './options';
import { makePlan } from './plan';
import type { AnyProcessor, Plan, WorkerEngine } from './plan';
import type { WorkerProcessor } from './routes';
import type { CloseOptions, DefaultOptions, NotInferred, WorkerOptions } from './worker-options';

/** Carries the plan through BullMQ's constructor, which calls createBackend() before a subclass has any fields. */
const PLAN = Symbol('aurochs.plan');

type Options = WorkerOptions & { [PLAN]?: { plan: Plan; ready: Deferred; client?: ClientLease } };

/**
 * The native loops of the workers that have one. Not a field: BullMQ's constructor calls overridden methods before
 * there are fields, and a subclass may name its own as it likes.
 */
const loops = new WeakMap<object, NativeLoop>();
/** Of the same workers: the connection of their cold path. */
const clients = new WeakMap<object, ClientLease>();

/**
 * BullMQ's Worker, its loop native: fetching, lock renewal, finishing and the stalled sweep run on a thread of their
 * own, which no JavaScript can hold up. Options, events and methods are BullMQ's.
 *
 * The processor decides where the jobs run: a function on the event loop, `native(…)` on native threads, a file on
 * JavaScript threads.
 */
export class Worker<
  DataType = any,
  ResultType = any,
  NameType extends string = string,
  B extends IQueueBackend = RedisQueueBackend,
  ProgressType extends JobProgress = JobProgress,
  ConnectionOptionsType = ConnectionOptions,
> extends BullWorker<DataType, ResultType, NameType, B, ProgressType, ConnectionOptionsType> {
  /** Whose loop runs: `native`, or BullMQ's own where the native one can't. */
  readonly engine: WorkerEngine;
  /** Why that engine runs, in words. */
  readonly engineReason: string;

  /**
   * @param name - the queue's name.
   * @param processor - a function, `native(…)`, a file's path or URL, or an object of those by job name (`*` takes all
   * others); none to fetch jobs by hand.
   * @param opts - BullMQ's options and Aurochs's; `connection` is required.
   * @param backendFactory - for another data store than Redis; BullMQ's own loop runs then.
   * @throws TypeError or Error that names the option that can't work; nothing has been opened by then.
   */
  constructor(
    name: string,
    processor: WorkerProcessor<DataType, ResultType, NameType, ProgressType> | null | undefined,
    opts: WorkerOptions<NotInferred<ConnectionOptionsType>>,
    backendFactory: BackendFactory<B, ConnectionOptionsType>,
  );
  constructor(
    name: string,
    processor: WorkerProcessor<DataType, ResultType, NameType, ProgressType> | null | undefined,
    opts: WorkerOptions<NotInferred<ConnectionOptionsType>>,
    backendFactory?: undefined,
  );
  constructor(
    name: string,
    processor?: WorkerProcessor<DataType, ResultType, NameType, ProgressType> | null,
    ...options: DefaultOptions<B, ConnectionOptionsType>
  );
  constructor(
    name: string,
    processor?: AnyProcessor,
    opts?: WorkerOptions<any>,
    backendFactory?: BackendFactory<B, any>,
  ) {
    validate(name, processor, opts);
    const plan = makePlan(name, processor, opts!, backendFactory, overridesOf(new.target, Worker));
    const ready = deferred();
    const carried: Options[typeof PLAN] = { plan, ready };
    const options: Options = plan.engine === 'native' ? { ...opts!, autorun: false, [PLAN]: carried } : opts!;
    // BullMQ's overloads tell apart what is one signature here.
    super(name, plan.processor as never, options as never, backendFactory as never);
    this.engine = plan.engine;
    this.engineReason = plan.reason;
    if (plan.engine === 'bullmq') return;

    const bull = internals(this);
    delete (bull.opts as Options)[PLAN];
    // A subclass may have made a back end of its own.
    clients.set(this, carried.client ?? notLeased(bull.opts.connection));
    const autorun = Object.hasOwn(opts!, 'autorun') ? opts!.autorun : true;
    bull.opts.autorun = autorun;
    let loop: NativeLoop;
    try {
      loop = new NativeLoop(bull, ready, {
        queue: this.name,
        id: this.id,
        concurrency: this.concurrency,
        options: bull.opts,
        endpoint: plan.endpoint!,
        routes: plan.routes!,
      });
    } catch (error) {
      void super.close(true).then(() => carried.client?.release(true)); // what BullMQ has opened
      throw error;
    }
    loops.set(this, loop);
    watchListeners(this, loop, overridesEmit(this, Worker));
    if (autorun) this.run().catch((error: Error) => this.emit('error', error));
  }

  /**
   * The native loop's own connection waits for jobs: BullMQ's blocking one would only idle. The worker is ready once
   * BullMQ's connection and the native ones are.
   */
  protected override createBackend(): void {
    const bull = internals(this);
    const carried = (bull.opts as Options)[PLAN];
    if (!carried) {
      super.createBackend();
      return;
    }
    const { backendFactory } = this as unknown as { backendFactory: BackendFactory<RedisQueueBackend> };
    carried.client = openBackend(bull, backendFactory, carried.ready.promise);
  }

  override async run(): Promise<void> {
    const loop = loops.get(this);
    if (!loop) return super.run();
    if (this.running) throw new Error('Worker is already running.');
    if (this.closing || this.paused) return;
    this.running = true;
    try {
      stopSweepingByHand(internals(this));
      if (this.opts.telemetry && !this.opts.skipStalledCheck) await span(this, 'startStalledCheckTimer');
      if (this.closing || this.paused) return;
      await loop.run();
    } finally {
      // After a run, the loop has said so itself, at once: a resume() may have come in between.
      if (!loop.working) this.running = false;
    }
  }

  override async pause(doNotWaitActive?: boolean): Promise<void> {
    const loop = loops.get(this);
    if (!loop) return super.pause(doNotWaitActive);
    await span(this, 'pause', { [TelemetryAttributes.WorkerDoNotWaitActive]: doNotWaitActive }, async () => {
      if (this.paused) return;
      this.paused = true;
      const stopped = loop.pause();
      if (!doNotWaitActive) await stopped;
      stopSweepingByHand(internals(this));
      this.emit('paused');
    });
  }

  override async resume(): Promise<void> {
    const loop = loops.get(this);
    if (!loop) return super.resume();
    if (this.running && !this.paused) return;
    await span(this, 'resume', {}, () => {
      this.paused = false;
      if (this.running) loop.resume();
      else this.run().catch((error: Error) => this.emit('error', error));
      this.emit('resumed');
    });
  }

  /** BullMQ's options and Aurochs's. */
  declare readonly opts: WorkerOptions<ConnectionOptionsType>;

  /**
   * Closes the worker once its jobs in flight are done; with `force` at once, and they are recovered as stalled.
   * With a `timeout` (or the worker's `shutdownTimeout`), jobs that are not done by then are asked to stop, then
   * stopped, and go back to wait. A forced close hurries one that waits.
   */
  override async close(options: boolean | CloseOptions = false): Promise<void> {
    const { force = false, timeout = this.opts.shutdownTimeout } =
      typeof options === 'object' ? options : { force: options };
    validateTimeout(this.name, timeout);
    const loop = loops.get(this);
    if (!loop) return super.close(force);
    const client = clients.get(this)!;
    if (this.closing) {
      if (force && !this.closed) void hurryClose(internals(this), loop, client);
      else loop.hurry(timeout);
      return this.closing;
    }
    this.closing = span(this, 'close', { [TelemetryAttributes.WorkerForceClose]: force }, async () => {
      this.emit('closing', 'closing queue');
      await closeParts(internals(this), loop, client, force, timeout);
      this.closed = true;
      this.emit('closed');
    });
    return this.closing;
  }

  override async disconnect(): Promise<void> {
    const loop = loops.get(this);
    await loop?.close(true);
    // Others may be using a connection that is ours.
    const client = clients.get(this);
    if (!client || client.foreign) return super.disconnect();
    await blockingConnectionOf(internals(this))?.disconnect();
    await client.release(true);
  }

  /** How the connections to Redis are at this moment. Sends nothing. */
  health(): WorkerHealth {
    const loop = loops.get(this);
    if (!loop) return bullHealth(internals(this));
    const health = loop.health();
    return { engine: 'native', ready: isReady(health), ...health };
  }

  override cancelJob(jobId: string, reason?: string): boolean {
    return loops.get(this)?.cancelJob(jobId, reason) || super.cancelJob(jobId, reason);
  }

  override cancelAllJobs(reason?: string): void {
    loops.get(this)?.cancelAllJobs(reason);
    super.cancelAllJobs(reason);
  }

  override get concurrency(): number {
    return super.concurrency;
  }

  override set concurrency(concurrency: number) {
    super.concurrency = concurrency;
    loops.get(this)?.setConcurrency(concurrency);
  }

  /** While the native loop runs it sweeps by itself; by hand it is BullMQ's, for jobs that are fetched by hand. */
  override async startStalledCheckTimer(): Promise<void> {
    if (loops.has(this) && this.running) return;
    return super.startStalledCheckTimer();
  }

  /** Fetching by hand is BullMQ's code, on a connection of its own. */
  override async getNextJob(
    token: string,
    options?: GetNextJobOptions,
  ): Promise<Job<DataType, ResultType, NameType, ProgressType>> {
    if (loops.has(this)) openBlockingConnection(internals(this));
    return super.getNextJob(token, options);
  }

  protected override async handleCompleted(
    result: ResultType,
    job: Job<DataType, ResultType, NameType, ProgressType>,
    token: string,
    fetchNextCallback?: () => boolean,
    traced?: Span,
  ): Promise<Job<DataType, ResultType, NameType, ProgressType>> {
    loops.get(this)?.jobs.settling(job as Job);
    return super.handleCompleted(result, job, token, fetchNextCallback, traced);
  }

  protected override async handleFailed(
    error: Error,
    job: Job<DataType, ResultType, NameType, ProgressType>,
    token: string,
    fetchNextCallback?: () => boolean,
    traced?: Span,
  ): Promise<Job<DataType, ResultType, NameType, ProgressType>> {
    loops.get(this)?.jobs.settling(job as Job);
    return super.handleFailed(error, job, token, fetchNextCallback, traced);
  }

  override removeAllListeners(event?: string | symbol): this {
    super.removeAllListeners(event);
    // Without an argument, what watches the listeners went too.
    const loop = loops.get(this);
    if (loop && event === undefined) watchListeners(this, loop, overridesEmit(this, Worker));
    return this;
  }
}
