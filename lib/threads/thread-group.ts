/**
 * The JavaScript threads of one worker: started when they are wanted, and again when a start has failed.
 */
import type { WorkerOptions as WorkerThreadsOptions } from 'node:worker_threads';
import { JsThread, THREAD_ENTRY } from './js-thread';
import type { ThreadEnd } from './thread-end';
import { threadOptions } from './thread-options';

export interface ThreadGroupHost {
  /** Tells of an `error` of the worker. */
  error(error: Error): void;
  /** No thread can be had for now: nothing must wait for one. */
  unavailable(): void;
  /** A thread that was ready has ended. */
  gone(thread: number, end: ThreadEnd): void;
}

export interface ThreadGroupSettings {
  /** Numbers the threads, from 1 on by default. */
  nextNumber?: () => number;
  /** What runs in a thread. */
  entry?: string;
  /** In ms; it doubles from one failure to the next. */
  firstBackoff?: number;
}

/** How long the termination of a thread may take, in ms. */
const TERMINATION_MS = 2000;
const FIRST_BACKOFF_MS = 1000;
const LAST_BACKOFF_MS = 30_000;

export class ThreadGroup {
  private readonly running = new Map<number, JsThread>();
  private readonly options: WorkerThreadsOptions;
  private readonly entry: string;
  private readonly firstBackoff: number;
  private readonly nextNumber: () => number;
  private last = 0;
  /** Threads that are wanted, but not started while another one's start is tried again. */
  private wanted = 0;
  private failures = 0;
  private retry: NodeJS.Timeout | undefined;
  private closing = false;

  /** @param group - the name that threads attach by at the native loop. */
  constructor(
    private readonly file: URL,
    private readonly group: string,
    options: WorkerThreadsOptions | undefined,
    private readonly host: ThreadGroupHost,
    { nextNumber, entry = THREAD_ENTRY, firstBackoff = FIRST_BACKOFF_MS }: ThreadGroupSettings = {},
  ) {
    this.options = threadOptions(options);
    this.entry = entry;
    this.nextNumber = nextNumber ?? (() => ++this.last);
    this.firstBackoff = firstBackoff;
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
    if (this.failures > 0) this.wanted++;
    else void this.launch();
  }

  private async launch(): Promise<void> {
    const number = this.nextNumber();
    let thread: JsThread | undefined;
    try {
      thread = new JsThread({ group: this.group, thread: number, file: this.file.href }, this.options, this.entry);
      this.running.set(number, thread);
      await thread.ready;
    } catch (error) {
      await thread?.ended;
      this.running.delete(number);
      this.onFailed(error as Error);
      return;
    }
    this.failures = 0;
    for (; this.wanted > 0; this.wanted--) void this.launch();
    const end = await thread.ended;
    this.running.delete(number);
    this.host.gone(number, end);
  }

  private onFailed(cause: Error): void {
    if (this.closing) return;
    this.failures++;
    // One that is tried again stands for all that fail meanwhile.
    if (this.retry) {
      this.wanted++;
      return;
    }
    const delay = Math.min(this.firstBackoff * 2 ** (this.failures - 1), LAST_BACKOFF_MS);
    this.retry = setTimeout(() => {
      this.retry = undefined;
      if (!this.closing) void this.launch();
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
    return (await this.running.get(thread)?.terminate(TERMINATION_MS)) ?? true;
  }

  /**
   * The threads have been told to end: waits for that, up to `timeout` ms, and terminates what is left. Always comes
   * to its end.
   */
  async close(timeout: number): Promise<void> {
    this.closing = true;
    clearTimeout(this.retry);
    const threads = [...this.running.values()];
    if (threads.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>(resolve => (timer = setTimeout(() => resolve(false), timeout)));
    const ended = Promise.all(threads.map(thread => thread.ended)).then(() => true);
    const inTime = await Promise.race([ended, late]);
    clearTimeout(timer);
    if (!inTime) await Promise.all(threads.map(thread => thread.terminate(TERMINATION_MS)));
  }
}
