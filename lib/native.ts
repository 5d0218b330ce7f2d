import { AsyncResource } from 'node:async_hooks';
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnrecoverableError } from 'bullmq';
import type { Job, Processor } from 'bullmq';
import { addon } from './binding';
import type { NativeProcessorHandle } from './binding';
import { EventType } from './engine/events';
import type { EngineEvent } from './engine/events';
import { listen } from './engine/inbox';

/** A processor in a shared library; made by {@link native}. */
export class NativeProcessor {
  /** `symbol (path)`, as it stands in stack traces. */
  readonly description: string;
  /** @internal */
  readonly handle: NativeProcessorHandle;

  /** @internal */
  constructor(path: string, symbol: string) {
    this.handle = new (addon().NativeProcessor)(path, symbol);
    this.description = this.handle.description;
  }

  /** The error that a failed attempt becomes. */
  toError(message: string, unrecoverable: boolean): Error {
    const error = unrecoverable ? new UnrecoverableError(message) : new Error(message);
    error.stack = `${error.name}: ${message}\n    at ${this.description}`;
    return error;
  }

  /**
   * The same processor as a function, for BullMQ's own loop: each call runs on the native pool.
   * @internal
   */
  toFunction(): Processor {
    return (job: Job, _token?: string, signal?: AbortSignal) => this.run(job, signal);
  }

  private run(job: Job, signal?: AbortSignal): Promise<unknown> {
    const run = this.handle.run({
      id: job.id ?? '',
      name: job.name,
      queue: job.queueName,
      data: JSON.stringify(job.data === undefined ? {} : job.data),
      attemptsMade: job.attemptsMade,
    });
    const cancel = () => run.cancel();
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    // Progress and log rows are stored in their order, and before the job is finished.
    let stored: Promise<unknown> = Promise.resolve();
    return new Promise<unknown>((settle, fail) => {
      const onEvent = (event: EngineEvent) => {
        const text = event.text ?? '';
        if (event.type === EventType.progress) {
          stored = stored.then(() => job.updateProgress(JSON.parse(text)));
        } else if (event.type === EventType.log) {
          stored = stored.then(() => job.log(text));
        } else {
          unlisten();
          run.end();
          signal?.removeEventListener('abort', cancel);
          stored.then(() => {
            if (event.type === EventType.completed) settle(JSON.parse(text));
            else fail(this.toError(text, event.flag));
          }, fail);
        }
      };
      // The caller's AsyncLocalStorage, not that of whoever listened first.
      const unlisten = listen(run.number, AsyncResource.bind(onEvent));
    });
  }
}

/**
 * A processor written in C, C++, Rust, Zig, … against `aurochs/processor.h`: its jobs run on the native thread pool
 * and never touch JavaScript.
 *
 * @param path - the shared library, absolute, relative to the working directory, or a `file:` URL.
 * @param symbol - the processor's name in it; by default the file's base name (`./build/fib.so`: `fib`).
 * @throws TypeError for wrong arguments, Error when the file, the symbol or the right ABI version is missing.
 */
export function native(path: string | URL, symbol?: string): NativeProcessor {
  if (!(path instanceof URL) && (typeof path !== 'string' || path === '')) {
    throw new TypeError("native(path, symbol?): path must be a shared library's path or file: URL");
  }
  if (symbol !== undefined && (typeof symbol !== 'string' || symbol === '')) {
    throw new TypeError('native(path, symbol?): symbol must be a non-empty string');
  }
  const file = path instanceof URL ? fileURLToPath(path) : resolve(path);
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new Error(`native(): the library ${file} does not exist`);
  }
  return new NativeProcessor(file, symbol ?? '');
}
