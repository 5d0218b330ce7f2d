/**
 * One JavaScript thread of a processor's file: from its start to its end.
 */
import { join } from 'node:path';
import { types } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { WorkerOptions as WorkerThreadsOptions } from 'node:worker_threads';
import { addonPath } from '../binding';
import { errorFromJson, errorToJson } from './error-json';
import { describeEnd } from './thread-end';
import type { ThreadEnd } from './thread-end';

/** What runs in a thread; it says `ready` or `failed` to its first message. */
export const THREAD_ENTRY = join(__dirname, '..', 'thread', 'main.js');

export interface ThreadInit {
  group: string;
  thread: number;
  /** URL of the processor. */
  file: string;
}

interface Said {
  aurochs?: 'ready' | 'failed';
  error?: string;
}

export class JsThread {
  /** Settled when the processor is loaded and the thread takes jobs; rejected with why it can't. */
  readonly ready: Promise<void>;
  /** Never rejected. */
  readonly ended: Promise<ThreadEnd>;
  private readonly worker: Worker;

  /** @throws what Node's Worker throws for options that it can't take. */
  constructor(init: ThreadInit, options: WorkerThreadsOptions, entry: string) {
    this.worker = new Worker(entry, options);
    let error: Error | undefined;
    // Anything may be thrown, even null.
    this.worker.on('error', (thrown: unknown) => {
      error = types.isNativeError(thrown) ? thrown : errorFromJson(errorToJson(thrown));
    });
    this.ended = new Promise(resolve => this.worker.once('exit', code => resolve({ code, error })));
    this.ready = new Promise((resolve, reject) => {
      // The user's code may send messages of its own.
      const onMessage = (said: Said | null) => {
        if (said?.aurochs === 'ready') resolve();
        else if (said?.aurochs === 'failed') reject(errorFromJson(said.error ?? ''));
        else return;
        this.worker.off('message', onMessage);
      };
      this.worker.on('message', onMessage);
      void this.ended.then(end => reject(describeEnd(end, options.resourceLimits)));
    });
    // Whoever wants to know asks for it.
    this.ready.catch(() => undefined);
    this.worker.postMessage({ aurochs: 'init', addon: addonPath(), ...init });
  }

  /** @returns whether the thread ends by itself within `deadline` ms. */
  async endsWithin(deadline: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>(resolve => (timer = setTimeout(() => resolve(false), deadline)));
    const ended = await Promise.race([this.ended.then(() => true), late]);
    clearTimeout(timer);
    return ended;
  }

  /**
   * Ends the thread, whatever it is doing. A built-in that runs on and on can't be interrupted.
   *
   * @returns false when it still ran after `deadline` ms.
   */
  async terminate(deadline: number): Promise<boolean> {
    void this.worker.terminate();
    const ended = await this.endsWithin(deadline);
    // Node keeps the process alive for a thread that is to end.
    if (!ended) this.worker.unref();
    return ended;
  }
}
