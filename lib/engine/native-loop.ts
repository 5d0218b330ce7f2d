/**
 * One Worker's native loop: its life cycle, and the worker's events that come out of it.
 */
import { AsyncResource } from 'node:async_hooks';
import { addon } from '../binding';
import type { FlatHash, NativeHealth, NativeWorker } from '../binding';
import { RouteTable } from '../routes';
import { deferred } from './deferred';
import type { Deferred } from './deferred';
import { EventType, Interest } from './events';
import type { EngineEvent } from './events';
import { listen } from './inbox';
import { killChildren } from './internals';
import type { WorkerInternals } from './internals';
import { JobRunner } from './job-runner';
import { threadsFor, toNativeConcurrency, toNativeOptions } from './native-options';
import type { LoopSettings } from './native-options';
import { ThreadControl } from './thread-control';
import { WorkerEvents } from './worker-events';

/** Jobs whose worker closes have this long to listen to their signals, in ms; then they are given up. */
const CLOSE_GRACE_MS = 1000;
/** The longest that setTimeout() takes. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** And this long to get back to wait. */
const PUT_BACK_MS = 2000;

const EVENT_INTEREST: Record<string, number> = {
  active: Interest.active,
  // With the progress that the job has made: its object has it.
  completed: Interest.completed | Interest.progress,
  failed: Interest.progress,
  progress: Interest.progress,
  drained: Interest.drained,
  locksRenewed: Interest.locks,
};

export class NativeLoop {
  readonly jobs: JobRunner;
  private readonly events: WorkerEvents;
  private readonly native: NativeWorker;
  /** By the index of their route. */
  private readonly threads = new Map<number, ThreadControl>();
  private readonly unlisten: () => void;
  private readonly closed = deferred();
  /** Settled when the loop that run() started has come to rest. */
  private resting: Deferred | undefined;
  /** run() was called just now. */
  private startPending = false;
  /** Tells a stop that was asked for from one that a later resume() has overtaken. */
  private epoch = 0;
  private readonly permanentInterest: number;
  /** What is still running is not waited for any more. */
  forced = false;
  /** Whose AsyncLocalStorage processors and listeners see: as with BullMQ, that of who called run(). */
  private scope: AsyncResource | undefined;

  /** @param ready - settled when the native connections are ready, or closed before they were. */
  constructor(
    private readonly worker: WorkerInternals,
    private readonly ready: Deferred,
    private readonly settings: LoopSettings,
  ) {
    this.native = new (addon().NativeWorker)(toNativeOptions(settings));
    this.events = new WorkerEvents(worker, settings);
    const routes = new RouteTable(settings.routes);
    this.jobs = new JobRunner(worker, this.native, routes);
    let threads = 0;
    settings.routes.forEach(({ file }, i) => {
      if (file) this.threads.set(i, new ThreadControl(worker, this.native, settings, file, i, () => ++threads));
    });
    this.unlisten = listen(this.native.number, event => {
      if (this.scope) this.scope.runInAsyncScope(this.handle, this, event);
      else this.handle(event);
    });
    this.permanentInterest =
      // Inline jobs must know whether BullMQ's cold path would have to say `drained`.
      (settings.routes.some(route => route.inline) ? Interest.drained : 0) |
      (settings.options.telemetry ? Interest.locks | Interest.sweeps : 0);
    this.native.setInterest(this.permanentInterest);
    ready.promise.catch(() => undefined);
    this.native.connect();
    this.setConcurrency(settings.concurrency);
  }

  /** run() was called, and what it started has not come to rest. */
  get working(): boolean {
    return this.resting !== undefined;
  }

  /** Works until paused or closed, and all jobs in flight are done; then the worker counts as not running. */
  run(): Promise<void> {
    this.worker.running = true;
    this.scope = new AsyncResource('aurochs.Worker');
    this.resting = deferred();
    this.epoch++;
    this.startPending = true;
    // Behind the code that runs now: the listeners that it adds must not miss an event.
    queueMicrotask(() => {
      if (!this.startPending) return;
      this.startPending = false;
      this.native.start();
    });
    return this.resting.promise;
  }

  // At once, not when run()'s promise is looked at: a resume() may come in between.
  private rest(): void {
    this.worker.running = false;
    this.resting?.resolve();
    this.resting = undefined;
  }

  /** Works on after a pause whose jobs are not done yet. */
  resume(): void {
    this.epoch++;
    this.native.start();
  }

  /** Fetches no more; resolves once no job is in flight. */
  async pause(): Promise<void> {
    if (this.startPending) {
      this.startPending = false;
      this.rest();
      return;
    }
    this.native.pause(++this.epoch);
    await this.resting?.promise;
  }

  /**
   * Resolves once every native handle of the loop is closed, and its threads have ended. May be called again to force.
   *
   * @param timeout - how long to wait for jobs in flight, in ms.
   */
  async close(force: boolean, timeout?: number): Promise<void> {
    this.startPending = false;
    if (force) this.forced = true;
    this.native.close(force);
    if (force) killChildren(this.worker);
    else this.hurry(timeout);
    await this.closed.promise;
    await Promise.all(this.controls().map(threads => threads.close(force || this.forced)));
  }

  /** Ends the wait for jobs in flight: first they are asked to stop, then they go back to wait. */
  hurry(timeout: number | undefined): void {
    if (timeout === undefined || timeout === Infinity) return;
    const at = (delay: number, step: () => unknown) => {
      const timer = setTimeout(step, Math.min(delay, MAX_TIMEOUT_MS));
      void this.closed.promise.then(() => clearTimeout(timer));
    };
    const reason = 'the worker is closing';
    at(timeout, () => {
      this.worker.lockManager.cancelAllJobs(reason);
      this.native.cancelAll(JSON.stringify(reason), false);
    });
    at(timeout + CLOSE_GRACE_MS, async () => {
      this.forced = true;
      this.jobs.giveUp();
      killChildren(this.worker);
      await Promise.all(this.controls().map(threads => threads.terminateAll()));
      this.native.giveUp();
      at(PUT_BACK_MS, () => this.native.close(true));
    });
  }

  setConcurrency(concurrency: number): void {
    const { options, routes } = this.settings;
    this.native.setConcurrency(toNativeConcurrency(concurrency));
    for (const route of this.threads.keys()) {
      this.native.setThreads(route, ...threadsFor(concurrency, routes[route], options));
    }
  }

  /** Has the events made that somebody listens to. */
  updateInterest(isListenedTo: (event: string) => boolean): void {
    let mask = this.permanentInterest;
    for (const [event, bit] of Object.entries(EVENT_INTEREST)) if (isListenedTo(event)) mask |= bit;
    this.native.setInterest(mask);
  }

  /** @returns whether the job is in flight on a thread, native or JavaScript; it is told to stop. */
  cancelJob(id: string, reason?: string): boolean {
    return this.native.cancel(id, toReason(reason));
  }

  cancelAllJobs(reason?: string): void {
    this.native.cancelAll(toReason(reason), true);
  }

  health = (): NativeHealth => this.native.health();

  private controls(): ThreadControl[] {
    return [...this.threads.values()];
  }

  private blame(thread: number): Error | undefined {
    return this.controls()
      .map(threads => threads.blame(thread))
      .find(error => error);
  }

  private handle(event: EngineEvent): void {
    try {
      this.onEvent(event);
    } catch (error) {
      // A job that is no job: data that is no JSON. As with BullMQ, it is left to be recovered as stalled, and failed
      // in the end.
      this.worker.emit('error', error);
      this.native.drop(event.job);
    }
  }

  private onEvent(event: EngineEvent): void {
    const { jobs, worker } = this;
    const ofJob = event as EngineEvent & { id: string; token: string; list: FlatHash };
    switch (event.type) {
      case EventType.job:
        return jobs.onJob(ofJob);
      case EventType.active:
        return jobs.onActive(ofJob);
      case EventType.completed:
        return jobs.onCompleted(ofJob);
      case EventType.finishRefused:
        return jobs.onFinishRefused(ofJob);
      case EventType.failed:
        return jobs.onFailed(ofJob);
      case EventType.progress:
        return jobs.onProgress(ofJob);
      case EventType.drained:
        worker.drained = true;
        worker.emit('drained');
        return;
      case EventType.stalled:
        return this.events.onStalled(event.list ?? []);
      case EventType.locksRenewed:
        return this.events.onLocksRenewed(event.list ?? []);
      case EventType.lockRenewalFailed:
        return this.events.onLockRenewalFailed(event.list ?? []);
      case EventType.error:
        this.events.onError(event);
        return;
      case EventType.stopped:
        if (event.number === this.epoch) this.rest();
        return;
      case EventType.closed:
        return this.onClosed();
      case EventType.ready:
        this.ready.resolve();
        return;
      case EventType.threadWanted:
        this.threads.get(event.number)?.start();
        return;
      case EventType.threadStuck:
        for (const threads of this.controls()) void threads.terminate(event.number);
        return;
      case EventType.threadForgotten:
        for (const threads of this.controls()) threads.forget(event.number, event.flag);
        return;
      case EventType.orphaned:
        return jobs.elsewhere.onOrphaned(ofJob, this.blame(event.number));
      case EventType.call:
        void jobs.elsewhere.onCall(ofJob);
        return;
      case EventType.limitPassed:
        return jobs.elsewhere.onLimitPassed(event);
      case EventType.overdue:
        return jobs.elsewhere.onOverdue(ofJob);
      case EventType.ping:
        return this.native.pong();
      case EventType.connectionLost:
        if (!worker.closing) worker.emit('ioredis:close');
        return;
      case EventType.log:
      case EventType.cancel:
      case EventType.answer:
      case EventType.stop:
        return; // not for workers
    }
  }

  private onClosed(): void {
    this.unlisten();
    this.native.dispose();
    this.ready.reject(new Error('Connection is closed.'));
    this.rest();
    this.closed.resolve();
  }
}

/** As JSON; of what JSON can't hold, the text. */
function toReason(reason: unknown): string {
  try {
    return JSON.stringify(reason) ?? '';
  } catch {
    return JSON.stringify(String(reason));
  }
}
