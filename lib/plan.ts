/**
 * Where a Worker's jobs run, and why: decided once, before anything is opened.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRedisBackend, getDefaultBackendFactory, RedisConnection } from 'bullmq';
import type { Job, Processor } from 'bullmq';
import { toEndpoint } from './connection';
import type { Endpoint } from './connection';
import { NativeProcessor } from './native';
import { missingAddon } from './no-addon';
import { processorFile } from './options';
import { entriesOf, isRoutes, RouteTable } from './routes';
import type { Route, RouteProcessor, Routes } from './routes';
import type { WorkerOptions } from './worker-options';
import type { Overrides } from './engine/overrides';

export type WorkerEngine = 'native' | 'bullmq';

export interface Plan {
  engine: WorkerEngine;
  /** Why this engine: for `worker.engineReason`. */
  reason: string;
  /** What BullMQ's constructor gets. */
  processor: string | URL | Processor | null | undefined;
  /** native: where to connect. */
  endpoint?: Endpoint;
  /** native: who runs the jobs. */
  routes?: Route[];
}

export type AnyProcessor = RouteProcessor | Routes | null | undefined;

/** @param overrides - BullMQ's hooks that a subclass has overridden and that the native loop doesn't call. */
export function makePlan(
  queue: string,
  processor: AnyProcessor,
  options: WorkerOptions,
  backendFactory: unknown,
  overrides: Overrides,
): Plan {
  const native = toRoutes(processor, options);
  const bullmq = (reason: string): Plan => ({ engine: 'bullmq', reason, processor: forBullMQ(processor, reason) });

  if (!processor) return bullmq('there is no processor: jobs are fetched by hand, with getNextJob()');
  const factory: unknown = backendFactory ?? getDefaultBackendFactory();
  if (factory !== createRedisBackend) return bullmq('a backendFactory of its own serves the queue');
  const elsewhere = native.routes.some(route => !route.inline);
  const hook = overrides.always ?? (elsewhere ? overrides.inlineOnly : undefined);
  if (hook) return bullmq(`the subclass overrides ${hook}`);
  if (RedisConnection.clientFactory) return bullmq('RedisConnection.clientFactory makes the connections');
  const whose = { who: `Worker for queue '${queue}'`, queue, prefix: options.prefix };
  const mapped = toEndpoint(options.connection, whose);
  if ('reason' in mapped) return bullmq(mapped.reason);
  const missing = missingAddon();
  if (missing) return bullmq(missing);
  return { engine: 'native', endpoint: mapped.endpoint, ...native };
}

type NativePlan = Required<Pick<Plan, 'reason' | 'routes'>> & Pick<Plan, 'processor'>;

function toRoutes(processor: AnyProcessor, options: WorkerOptions): NativePlan {
  if (isRoutes(processor)) return planRoutes(processor, options);
  if (typeof processor === 'string' || processor instanceof URL) return planFile(processor, options);
  if (!(processor instanceof NativeProcessor)) {
    const inline = processor ?? undefined;
    return {
      reason: 'inline processor: native loop, jobs on the event loop',
      processor,
      routes: [{ name: '*', inline }],
    };
  }
  const inline = processor.toFunction();
  if (options.telemetry) {
    // BullMQ's spans wrap each job on the main thread; the work itself stays on the pool.
    const reason = 'native processor with telemetry: native loop, spans on the event loop, work on the pool';
    return { reason, processor: inline, routes: [{ name: '*', inline }] };
  }
  const reason = 'native processor: native loop, jobs on the native pool';
  return { reason, processor: inline, routes: [{ name: '*', native: processor }] };
}

function planFile(file: string | URL, options: WorkerOptions): NativePlan {
  // BullMQ's constructor makes a function of the file.
  const sandbox = (reason: string): NativePlan => ({
    reason,
    processor: file,
    routes: [{ name: '*', inline: notHere }],
  });
  if (options.isolation === 'process') {
    return sandbox("file processor with isolation 'process': native loop, jobs in BullMQ's child processes");
  }
  if (options.telemetry) {
    return sandbox("file processor with telemetry: native loop, spans on the event loop, jobs in BullMQ's sandbox");
  }
  const reason = 'file processor: native loop, jobs on JavaScript threads';
  return { reason, processor: notHere, routes: [{ name: '*', file: toUrl(file) }] };
}

function planRoutes(given: Routes, options: WorkerOptions): NativePlan {
  const routes = entriesOf(given).map(([name, { processor, ...rest }]): Route => {
    if (processor instanceof NativeProcessor) {
      return options.telemetry
        ? { name, ...rest, inline: processor.toFunction() }
        : { name, ...rest, native: processor };
    }
    if (typeof processor === 'function') return { name, ...rest, inline: processor };
    if (options.isolation === 'process') throw filesNeed(`isolation 'process' is for a single file`);
    if (options.telemetry) throw filesNeed('with telemetry, jobs run on the event loop');
    return { name, ...rest, file: toUrl(processor) };
  });
  return {
    reason: 'processors by job name: native loop, each job where its processor belongs',
    processor: dispatch(routes),
    routes,
  };
}

/** What BullMQ's own loop can run. */
function forBullMQ(processor: AnyProcessor, reason: string): Plan['processor'] {
  if (processor instanceof NativeProcessor) return processor.toFunction();
  if (!isRoutes(processor)) return processor;
  return dispatch(
    entriesOf(processor).map(([name, { processor: one }]) => {
      if (one instanceof NativeProcessor) return { name, inline: one.toFunction() };
      if (typeof one === 'function') return { name, inline: one };
      throw filesNeed(reason);
    }),
  );
}

/** The inline routes as one function; it takes the signal, so that its routes may. */
function dispatch(routes: Route[]): Processor {
  const table = new RouteTable(routes);
  return (job: Job, token?: string, signal?: AbortSignal) => {
    const inline = table.of(job.name)?.inline;
    if (!inline) return Promise.reject(new Error(noRoute(job.name, routes)));
    return inline(job, token, signal);
  };
}

function noRoute(name: string, routes: Route[]): string {
  const names = routes.map(route => `'${route.name}'`).join(', ');
  return `the worker has no processor for jobs named '${name}', only for ${names}. Add one, or '*' for all others`;
}

function filesNeed(reason: string): Error {
  return new Error(`Worker: files among processors by job name need threads of the native loop, but ${reason}`);
}

function toUrl(file: string | URL): URL {
  return file instanceof URL ? file : pathToFileURL(resolve(processorFile(file)));
}

const notHere: Processor = () => Promise.reject(new Error('this job belongs to another thread'));
