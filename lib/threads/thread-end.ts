/**
 * How a thread came to its end, as an error that its jobs fail with.
 */
import type { ResourceLimits } from 'node:worker_threads';

export interface ThreadEnd {
  /** What its process.exit() was given; 0 when it had nothing more to do, 1 after an error. */
  code: number;
  /** What nobody caught, or Node's own ERR_WORKER_OUT_OF_MEMORY. */
  error?: Error;
}

/** @param limits - those that the thread was started with. */
export function describeEnd({ code, error }: ThreadEnd, limits?: ResourceLimits): Error {
  if (!error) return new Error(`the processor's thread ended: process.exit(${code})`);
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  const limit = limits?.maxOldGenerationSizeMb;
  const text = limit === undefined ? '' : ` (resourceLimits.maxOldGenerationSizeMb is ${limit})`;
  return Object.assign(new Error(`the processor's thread ran out of memory${text}: ${error.message}`), {
    code: 'ERR_WORKER_OUT_OF_MEMORY',
  });
}
