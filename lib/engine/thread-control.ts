/**
 * Between a native loop and the JavaScript threads that it feeds: starts and ends threads as the loop asks for it,
 * and knows why a thread ended when its jobs come back.
 */
import type { NativeWorker } from '../binding';
import { ThreadGroup } from '../threads/thread-group';
import { describeEnd } from '../threads/thread-end';
import type { ThreadEnd } from '../threads/thread-end';
import { threadGroup } from './native-options';
import type { LoopSettings } from './native-options';
import type { WorkerInternals } from './internals';

/** What a closing worker waits for its threads at most, in ms; what is left is terminated and not waited for. */
const END_MS = 2000;
const FORCED_END_MS = 1500;

export class ThreadControl {
  private readonly group: ThreadGroup;
  private readonly ends = new Map<number, ThreadEnd>();
  /** Threads that we end ourselves: what becomes of their jobs is no fault of the jobs. */
  private readonly terminated = new Set<number>();

  /**
   * @param route - the index of the worker's route that the threads belong to.
   * @param nextNumber - numbers threads, for all routes of the worker.
   */
  constructor(
    private readonly worker: WorkerInternals,
    private readonly native: NativeWorker,
    private readonly settings: LoopSettings,
    file: URL,
    route: number,
    nextNumber: () => number,
  ) {
    const host = {
      error: (error: Error) => worker.emit('error', error),
      unavailable: () => native.threadsUnavailable(route),
      gone: (thread: number, end: ThreadEnd) => this.onGone(thread, end),
      lost: (thread: number) => native.threadGone(thread),
    };
    const { workerThreadsOptions } = settings.options;
    this.group = new ThreadGroup(file, threadGroup(settings.id, route), workerThreadsOptions, host, { nextNumber });
  }

  start(): void {
    this.group.start();
  }

  /** Ends a thread that the loop wants rid of; when it can't be ended, its jobs are given up. */
  async terminate(thread: number): Promise<void> {
    if (!this.group.has(thread)) return;
    this.terminated.add(thread);
    if (!(await this.group.terminate(thread))) this.native.threadStuck(thread);
  }

  /** Ends all threads; their jobs come back. */
  async terminateAll(): Promise<void> {
    await Promise.all(this.group.threads().map(thread => this.terminate(thread)));
  }

  /** @returns the error that a job of a thread that is gone fails with; undefined when it was not the job's fault. */
  blame(thread: number): Error | undefined {
    if (thread === 0 || this.terminated.has(thread)) return undefined;
    const end = this.ends.get(thread);
    return end && describeEnd(end, this.settings.options.workerThreadsOptions?.resourceLimits);
  }

  /** Once the loop is closed, and has told the threads so. Never hangs. */
  async close(force: boolean): Promise<void> {
    if (!force) return this.group.close(END_MS);
    const closed = this.group.close(0);
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>(resolve => (timer = setTimeout(resolve, FORCED_END_MS)));
    await Promise.race([closed, enough]);
    clearTimeout(timer);
  }

  private onGone(thread: number, end: ThreadEnd): void {
    this.ends.set(thread, end);
    this.native.threadGone(thread);
  }

  /** The loop has told what became of the thread's jobs. @param orphaned - there were some. */
  forget(thread: number, orphaned: boolean): void {
    const end = this.ends.get(thread);
    this.ends.delete(thread);
    // Nobody else tells of what an idle thread has not caught.
    if (!this.terminated.delete(thread) && !orphaned && end?.error) this.worker.emit('error', end.error);
  }
}
