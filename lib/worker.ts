import { RedisConnection, SpanKind, TelemetryAttributes, Worker as BullWorker } from 'bullmq';
import type {
  BackendFactory,
  ConnectionOptions,
  GetNextJobOptions,
  IQueueBackend,
  Job,
  JobProgress,
  Processor,
  RedisQueueBackend,
  Span,
  WorkerOptions,
} from 'bullmq';
import { internals } from './engine/internals';
import type { WorkerInternals } from './engine/internals';
import { NativeLoop } from './engine/native-loop';
import type { NativeProcessor } from './native';
import { validate } from './options';
import { makePlan } from './plan';
import type { AnyProcessor, Plan, WorkerEngine } from './plan';

/** Carries the plan through BullMQ's constructor, which calls createBackend() before a subclass has any fields. */
const PLAN = Symbol('aurochs.plan');

type Options = WorkerOptions & { [PLAN]?: Plan };

/**
 * BullMQ's Worker, its loop native: fetching, lock renewal, finishing and the stalled sweep run on a thread of their
 * own, which no JavaScript can hold up. Options, events and methods are BullMQ's.
 *
 * The processor decides where the jobs run: a function on the event loop, `native(…)` on native threads, a file in
 * BullMQ's sandbox.
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
  /** Why. */
  readonly engineReason: string;

  private nativeLoop?: NativeLoop;

  /**
   * @param name - the queue's name.
   * @param processor - a function, `native(…)`, or a file's path or URL; none to fetch jobs by hand.
   * @param opts - BullMQ's options; `connection` is required.
   * @param backendFactory - for another data store than Redis; BullMQ's own loop runs then.
   * @throws TypeError or Error that names the option that can't work; nothing has been opened by then.
   */
  constructor(
    name: string,
    processor: string | URL | NativeProcessor | null | Processor<DataType, ResultType, NameType, ProgressType>,
    opts: WorkerOptions<ConnectionOptionsType>,
    backendFactory?: BackendFactory<B, ConnectionOptionsType>,
  );
  constructor(name: string, processor?: AnyProcessor, opts?: WorkerOptions, backendFactory?: BackendFactory<B>) {
    validate(name, processor, opts);
    const plan = makePlan(processor, opts!, backendFactory);
    const options: Options =
      plan.engine === 'native' ? { ...opts!, autorun: false, [PLAN]: plan } : { ...(opts as WorkerOptions) };
    // BullMQ's overloads tell apart what is one signature here.
    super(name, plan.processor as never, options as never, backendFactory as never);
    this.engine = plan.engine;
    this.engineReason = plan.reason;
    if (plan.engine === 'native') this.attach(plan, opts!.autorun ?? true);
  }

  private get bull(): WorkerInternals {
    return internals(this as unknown as BullWorker<never, never, never>);
  }

  private attach(plan: Plan, autorun: boolean): void {
    const opts = this.opts as Options;
    delete opts[PLAN];
    opts.autorun = autorun;
    this.nativeLoop = new NativeLoop(this.bull, {
      queue: this.name,
      id: this.id,
      concurrency: this.concurrency,
      options: opts,
      endpoint: plan.endpoint!,
      processor: plan.native,
    });
    this.watchListeners();
    if (autorun) this.run().catch((error: Error) => this.emit('error', error));
  }

  /** The loop's own connections wait for jobs: BullMQ's blocking one would only idle. */
  protected override createBackend(): void {
    const { bull } = this;
    if (!(this.opts as Options)[PLAN]) {
      super.createBackend();
      return;
    }
    const { backendFactory } = this as unknown as { backendFactory: BackendFactory<RedisQueueBackend> };
    bull.backend = backendFactory(this.name, bull.opts, { withBlockingConnection: false });
  }

  override async run(): Promise<void> {
    if (!this.nativeLoop) return super.run();
    if (this.running) throw new Error('Worker is already running.');
    if (this.closing || this.paused) return;
    if (this.opts.telemetry && !this.opts.skipStalledCheck) {
      this.running = true;
      await this.internalSpan('startStalledCheckTimer').finally(() => (this.running = false));
      if (this.closing || this.paused) return;
    }
    await this.nativeLoop.run();
  }

  override async pause(doNotWaitActive?: boolean): Promise<void> {
    const loop = this.nativeLoop;
    if (!loop) return super.pause(doNotWaitActive);
    await this.internalSpan('pause', { [TelemetryAttributes.WorkerDoNotWaitActive]: doNotWaitActive }, async () => {
      if (this.paused) return;
      this.paused = true;
      const stopped = loop.pause();
      if (!doNotWaitActive) await stopped;
      this.emit('paused');
    });
  }

  override async resume(): Promise<void> {
    const loop = this.nativeLoop;
    if (!loop) return super.resume();
    if (this.running && !this.paused) return;
    await this.internalSpan('resume', {}, () => {
      this.paused = false;
      if (this.running) loop.resume();
      else this.run().catch((error: Error) => this.emit('error', error));
      this.emit('resumed');
    });
  }

  /**
   * Closes the worker once its jobs in flight are done; with `force` at once, and they are recovered as stalled.
   * A forced close hurries one that waits.
   */
  override async close(force = false): Promise<void> {
    const loop = this.nativeLoop;
    if (!loop) return super.close(force);
    if (this.closing) {
      if (force) void loop.close(true);
      return this.closing;
    }
    const { bull } = this;
    this.closing = this.internalSpan('close', { [TelemetryAttributes.WorkerForceClose]: force }, async () => {
      this.emit('closing', 'closing queue');
      bull.abortDelayController?.abort();
      const steps = [() => loop.close(force), () => bull.lockManager.close(), () => bull.backend.close(force)];
      for (const step of steps) {
        try {
          await step();
        } catch (error) {
          this.emit('error', error as Error);
        }
      }
      this.closed = true;
      this.emit('closed');
    });
    return this.closing;
  }

  override cancelJob(jobId: string, reason?: string): boolean {
    return this.nativeLoop?.cancelJob(jobId) || super.cancelJob(jobId, reason);
  }

  override cancelAllJobs(reason?: string): void {
    this.nativeLoop?.cancelAllJobs();
    super.cancelAllJobs(reason);
  }

  override get concurrency(): number {
    return super.concurrency;
  }

  override set concurrency(concurrency: number) {
    super.concurrency = concurrency;
    this.nativeLoop?.setConcurrency(concurrency);
  }

  /** While the native loop runs it sweeps by itself; by hand it is BullMQ's, for jobs that are fetched by hand. */
  override async startStalledCheckTimer(): Promise<void> {
    if (this.nativeLoop && this.running) return;
    return super.startStalledCheckTimer();
  }

  override async getNextJob(
    token: string,
    options?: GetNextJobOptions,
  ): Promise<Job<DataType, ResultType, NameType, ProgressType>> {
    if (this.nativeLoop) this.openBlockingConnection();
    return super.getNextJob(token, options);
  }

  /** Jobs are fetched by hand after all: that is BullMQ's code, which wants a connection to block on. */
  private openBlockingConnection(): void {
    const backend = this.bull.backend as unknown as { blockingConnection?: RedisConnection };
    if (backend.blockingConnection) return;
    const { connection, name, prefix = 'bull', skipVersionCheck } = this.bull.opts;
    const base64Name = Buffer.from(this.name).toString('base64');
    const connectionName = `${prefix}:${base64Name}${name ? `:w:${name}` : ''}`;
    const instance = connection as { duplicate?: (options: object) => typeof connection };
    backend.blockingConnection = new RedisConnection(
      typeof instance.duplicate === 'function'
        ? instance.duplicate({ connectionName })
        : { ...(connection as object), connectionName },
      { shared: false, blocking: true, skipVersionCheck },
    );
    backend.blockingConnection.on('error', (error: Error) => this.emit('error', error));
  }

  protected override async handleCompleted(
    result: ResultType,
    job: Job<DataType, ResultType, NameType, ProgressType>,
    token: string,
    fetchNextCallback?: () => boolean,
    span?: Span,
  ): Promise<Job<DataType, ResultType, NameType, ProgressType>> {
    this.nativeLoop?.jobs.settling(job as Job);
    return super.handleCompleted(result, job, token, fetchNextCallback, span);
  }

  protected override async handleFailed(
    error: Error,
    job: Job<DataType, ResultType, NameType, ProgressType>,
    token: string,
    fetchNextCallback?: () => boolean,
    span?: Span,
  ): Promise<Job<DataType, ResultType, NameType, ProgressType>> {
    this.nativeLoop?.jobs.settling(job as Job);
    return super.handleFailed(error, job, token, fetchNextCallback, span);
  }

  override removeAllListeners(event?: string | symbol): this {
    super.removeAllListeners(event);
    // Without an argument, what watches the listeners went too.
    if (this.nativeLoop && event === undefined) this.watchListeners();
    return this;
  }

  /** The native loop makes only those events that somebody listens to. */
  private watchListeners(): void {
    const loop = this.nativeLoop!;
    const emitter = this as unknown as NodeJS.EventEmitter;
    emitter.on('newListener', (added: string) =>
      loop.updateInterest(event => event === added || emitter.listenerCount(event) > 0),
    );
    emitter.on('removeListener', () => loop.updateInterest(event => emitter.listenerCount(event) > 0));
    loop.updateInterest(event => emitter.listenerCount(event) > 0);
  }

  /** One of BullMQ's INTERNAL spans, with its attributes. */
  private internalSpan(
    operation: string,
    attributes: Record<string, unknown> = {},
    body: () => Promise<void> | void = () => undefined,
  ): Promise<void> {
    return this.bull.trace(SpanKind.INTERNAL, operation, this.name, async span => {
      span?.setAttributes({
        [TelemetryAttributes.WorkerId]: this.id,
        [TelemetryAttributes.WorkerName]: this.opts.name,
        ...(attributes as Record<string, string>),
      });
      await body();
    });
  }
}
