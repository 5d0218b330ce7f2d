/**
 * The JavaScript threads of one file of a worker: started when they are wanted, and again when a start has failed.
 */
import type { WorkerOptions as WorkerThreadsOptions } from 'node:worker_threads';
import { JsThread, THREAD_ENTRY } from './js-thread';
import type { ThreadEnd } from './thread-end';
import { threadOptions } from './thread-options';

export interface ThreadGroupHost {
  /** Tells of an `error` of the worker. */
  error(error: Error): void;
  /** No further thread can be had for now: nothing must wait for one. */
  unavailable(): void;
  /** A thread that was ready has ended. */
  gone(thread: number, end: ThreadEnd): void;
  /** A thread that was never ready has ended. It may have attached all the same. */
  lost?(thread: number): void;
}

export interface ThreadGroupSettings {
  /** Numbers the threads, from 1 on by default. */
  nextNumber?: () => number;
  /** What runs in a thread. */
  entry?: string;
  /** In ms; it doubles from one failure to the next. */
  firstBackoff?: number;
  /** How long the termination of a thread may take, in ms. */
  termination?: number;
}

const TERMINATION_MS = 2000;
const FIRST_BACKOFF_MS = 1000;
const LAST_BACKOFF_MS = 30_000;

export class ThreadGroup {
  private readonly running = new Map<number, JsThread>();
  /** Those of them that are not ready. One that is told to end meanwhile is taken out: it has not failed. */
  private readonly starting = new Set<number>();
  private readonly options: WorkerThreadsOptions;
  private readonly entry: string;
  private readonly firstBackoff: number;
  private readonly termination: number;
  private readonly nextNumber: () => number;
  private last = 0;
  /** Starts that have failed since one has succeeded. */
  private failures = 0;
  /** After a failure, threads that are wanted but not started: one is tried first. */
  private wanted = 0;
  private retry: NodeJS.Timeout | undefined;
  /** The thread that is tried. */
  private probe: number | undefined;
  private closing = false;

  /** @param group - the name that threads attach by at the native loop. */
  constructor(
    private readonly file: URL,
    private readonly group: string,
    options: WorkerThreadsOptions | undefined,
    private readonly host: ThreadGroupHost,
    settings: ThreadGroupSettings = {},
  ) {
    this.options = threadOptions(options);
    this.entry = settings.entry ?? THREAD_ENTRY;
    this.firstBackoff = settings.firstBackoff ?? FIRST_BACKOFF_MS;
    this.termination = settings.termination ?? TERMINATION_MS;
    this.nextNumber = settings.nextNumber ?? (() => ++this.last);
  }

  /** How many threads there are, those that are being started included. */
  get size(): number {
    return this.running.size;
  }

  /** The numbers of the threads that there are. */
  threads(): number[] {
    return [...this.running.keys()];
  }

  has(thread: number): boolean {
    return this.running.has(thread);
  }

  /** Starts one more thread; after a failure, once another start has succeeded. */
  start(): void {
    if (this.closing) return;
    if (this.failures === 0) {
      void this.launch(this.nextNumber());
      return;
    }
    this.wanted++;
    this.host.unavailable();
  }

  private async launch(number: number): Promise<void> {
    this.starting.add(number);
    let thread: JsThread | undefined;
    try {
      thread = new JsThread({ group: this.group, thread: number, file: this.file.href }, this.options, this.entry);
      this.running.set(number, thread);
      await thread.ready;
    } catch (error) {
      // It ends by itself, unless the file keeps it from that.
      if (thread && !(await thread.endsWithin(this.termination))) await thread.terminate(this.termination);
      this.running.delete(number);
      this.host.lost?.(number);
      if (this.starting.delete(number)) this.onFailed(number, error as Error);
      return;
    }
    this.starting.delete(number);
    this.onReady();
    const end = await thread.ended;
    this.running.delete(number);
    this.host.gone(number, end);
  }

  private onReady(): void {
    this.failures = 0;
    this.probe = undefined;
    clearTimeout(this.retry);
    const { wanted } = this;
    this.wanted = 0;
    for (let i = 0; i < wanted; i++) this.start();
  }

  private onFailed(number: number, cause: Error): void {
    this.wanted++;
    // The one that is tried stands for all that fail meanwhile.
    if (this.failures > 0 && number !== this.probe) return;
    const delay = Math.min(this.firstBackoff * 2 ** this.failures, LAST_BACKOFF_MS);
    this.failures++;
    this.probe = undefined;
    this.retry = setTimeout(() => {
      this.wanted--;
      this.probe = this.nextNumber();
      void this.launch(this.probe);
    }, delay);
    this.host.unavailable();
    const error = new Error(
      `no thread can be started for the processor ${this.file.href} (tried again in ${delay} ms): ${cause.message}`,
      { cause },
    );
    error.stack = `${error.message}\n${cause.stack ?? ''}`;
    this.host.error(error);
  }

  /** @returns false when the thread can't be ended: it goes on. */
  async terminate(thread: number): Promise<boolean> {
    this.starting.delete(thread);
    return (await this.running.get(thread)?.terminate(this.termination)) ?? true;
  }

  /**
   * The threads have been told to end: waits for that, up to `timeout` ms, and terminates what is left. Those that are
   * not ready have no jobs, and are terminated at once. Always comes to its end.
   */
  async close(timeout: number): Promise<void> {
    this.closing = true;
    this.wanted = 0;
    clearTimeout(this.retry);
    await Promise.all(
      [...this.running].map(async ([number, thread]) => {
        const inTime = !this.starting.has(number) && (await thread.endsWithin(timeout));
        if (!inTime) await this.terminate(number);
      }),
    );
  }
}
