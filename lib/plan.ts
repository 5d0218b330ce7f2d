/**
 * Where a Worker's jobs run, and why: decided once, before anything is opened.
 */
import { createRedisBackend, getDefaultBackendFactory, RedisConnection } from 'bullmq';
import type { Processor, WorkerOptions } from 'bullmq';
import { toEndpoint } from './endpoint';
import type { Endpoint } from './endpoint';
import { NativeProcessor } from './native';

export type WorkerEngine = 'native' | 'bullmq';

export interface Plan {
  engine: WorkerEngine;
  /** Why this engine: for `worker.engineReason`. */
  reason: string;
  /** What BullMQ's constructor gets. */
  processor: string | URL | Processor | null | undefined;
  /** native: where to connect. */
  endpoint?: Endpoint;
  /** native: runs the jobs without JavaScript; absent: they are handed to `processor`. */
  native?: NativeProcessor;
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
  if (typeof processor === 'string' || processor instanceof URL) {
    return plan('bullmq', "the processor is a file: BullMQ's sandbox runs it");
  }
  const factory: unknown = backendFactory ?? getDefaultBackendFactory();
  if (factory !== createRedisBackend) return plan('bullmq', 'a backendFactory of its own serves the queue');
  if (hook) return plan('bullmq', `the subclass overrides ${hook}`);
  if (RedisConnection.clientFactory) return plan('bullmq', 'RedisConnection.clientFactory makes the connections');
  const mapped = toEndpoint(options.connection);
  if ('reason' in mapped) return plan('bullmq', mapped.reason);

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
