/**
 * Where a Worker's jobs run, and why: decided once, before anything is opened.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRedisBackend, getDefaultBackendFactory, RedisConnection } from 'bullmq';
import type { Processor } from 'bullmq';
import { toEndpoint } from './endpoint';
import type { Endpoint } from './endpoint';
import { NativeProcessor } from './native';
import { processorFile } from './options';
import type { WorkerOptions } from './worker-options';

export type WorkerEngine = 'native' | 'bullmq';

export interface Plan {
  engine: WorkerEngine;
  /** Why this engine: for `worker.engineReason`. */
  reason: string;
  /** What BullMQ's constructor gets. */
  processor: string | URL | Processor | null | undefined;
  /** native: where to connect. */
  endpoint?: Endpoint;
  /** native: runs the jobs without JavaScript. */
  native?: NativeProcessor;
  /** native: runs the jobs on JavaScript threads. With neither, they are handed to `processor`. */
  file?: URL;
}

export type AnyProcessor = string | URL | NativeProcessor | Processor | null | undefined;

/** @param hook - one of BullMQ's hooks that a subclass has overridden and that the native loop doesn't call. */
export function makePlan(
  processor: AnyProcessor,
  options: WorkerOptions,
  backendFactory: unknown,
  hook: string | undefined,
): Plan {
  const given = processor instanceof NativeProcessor ? processor : undefined;
  const plan = (engine: WorkerEngine, reason: string): Plan => ({
    engine,
    reason,
    processor: processor instanceof NativeProcessor ? processor.toFunction() : processor,
  });

  if (!processor) return plan('bullmq', 'there is no processor: jobs are fetched by hand, with getNextJob()');
  const factory: unknown = backendFactory ?? getDefaultBackendFactory();
  if (factory !== createRedisBackend) return plan('bullmq', 'a backendFactory of its own serves the queue');
  if (hook) return plan('bullmq', `the subclass overrides ${hook}`);
  if (RedisConnection.clientFactory) return plan('bullmq', 'RedisConnection.clientFactory makes the connections');
  const mapped = toEndpoint(options.connection);
  if ('reason' in mapped) return plan('bullmq', mapped.reason);

  if (typeof processor === 'string' || processor instanceof URL) {
    return { ...planFile(processor, options), endpoint: mapped.endpoint };
  }
  if (!given) {
    return { ...plan('native', 'inline processor: native loop, jobs on the event loop'), endpoint: mapped.endpoint };
  }
  if (options.telemetry) {
    // BullMQ's spans wrap each job on the main thread; the work itself stays on the pool.
    return {
      ...plan('native', 'native processor with telemetry: native loop, spans on the event loop, work on the pool'),
      endpoint: mapped.endpoint,
    };
  }
  return {
    ...plan('native', 'native processor: native loop, jobs on the native pool'),
    endpoint: mapped.endpoint,
    native: given,
  };
}

function planFile(processor: string | URL, options: WorkerOptions): Plan {
  const sandbox = (reason: string): Plan => ({ engine: 'native', reason, processor });
  if (options.isolation === 'process') {
    return sandbox("file processor with isolation 'process': native loop, jobs in BullMQ's child processes");
  }
  if (options.telemetry) {
    return sandbox("file processor with telemetry: native loop, spans on the event loop, jobs in BullMQ's sandbox");
  }
  return {
    engine: 'native',
    reason: 'file processor: native loop, jobs on JavaScript threads',
    processor: () => Promise.reject(new Error('this job belongs to a JavaScript thread')),
    file: processor instanceof URL ? processor : pathToFileURL(resolve(processorFile(processor))),
  };
}
