/**
 * A Worker's options as the addon takes them: BullMQ's defaults filled in, times in milliseconds.
 */
import type { NativeEndpoint, NativeWorkerOptions } from '../binding';
import type { Endpoint } from '../connection';
import type { Route } from '../routes';
import type { WorkerOptions } from '../worker-options';
import { blockingConnectionName } from './blocking-connection';
import { bullScripts } from './scripts';

/** The addon's limit of jobs in flight for one worker. */
const MAX_CONCURRENCY = 2 ** 21 - 1;

/** BullMQ takes 1.5 and then has two jobs in flight. */
export const toNativeConcurrency = (concurrency: number): number => Math.min(Math.ceil(concurrency), MAX_CONCURRENCY);

export interface LoopSettings {
  queue: string;
  id: string;
  concurrency: number;
  options: WorkerOptions;
  endpoint: Endpoint;
  routes: readonly Route[];
}

/** How many JavaScript threads a route may have, and how many jobs each of them takes at once. */
export function threadsFor(
  concurrency: number,
  route: Route,
  options: WorkerOptions,
): [threads: number, jobsPerThread: number] {
  const jobs = Math.min(toNativeConcurrency(concurrency), route.concurrency ?? Infinity);
  const threads = route.threads ?? options.threads;
  if (threads === undefined) return [jobs, 1];
  const most = Math.min(threads, jobs);
  return [most, Math.ceil(jobs / most)];
}

export function toNativeOptions({
  queue,
  id,
  concurrency,
  options,
  endpoint,
  routes,
}: LoopSettings): NativeWorkerOptions {
  const prefix = options.prefix ?? 'bull';
  const lockDuration = options.lockDuration ?? 30_000;
  const json = (value: unknown) => (value == null ? undefined : JSON.stringify(value));
  return {
    queue,
    prefix,
    id,
    name: options.name,
    concurrency: toNativeConcurrency(concurrency),
    endpoint: nameConnections(endpoint, prefix, queue, options.name),
    scripts: bullScripts(),
    lockDuration,
    lockRenewTime: options.lockRenewTime || lockDuration / 2,
    skipLockRenewal: options.skipLockRenewal ?? false,
    stalledInterval: options.stalledInterval ?? 30_000,
    maxStalledCount: options.maxStalledCount ?? 1,
    skipStalledCheck: options.skipStalledCheck ?? false,
    maxStartedAttempts: options.maxStartedAttempts ?? 0,
    // BullMQ's one option in seconds.
    drainDelay: Math.max(1, Math.round((options.drainDelay ?? 5) * 1000)),
    maximumRateLimitDelay: options.maximumRateLimitDelay ?? 30_000,
    runRetryDelay: options.runRetryDelay ?? 15_000,
    maxMetricsSize: options.metrics?.maxDataPoints ?? 0,
    limiter: json(options.limiter),
    removeOnComplete: json(options.removeOnComplete),
    maxLoopLag: options.maxLoopLag ?? 0,
    batching: options.batching ?? true,
    routes: routes.map((route, i) => ({
      name: route.name,
      processor: route.native?.handle,
      threadGroup: route.file ? threadGroup(id, i) : undefined,
      idleThreadTimeout: options.idleThreadTimeout ?? 60_000,
      maxJobsPerThread: options.maxJobsPerThread ?? 0,
      concurrency: route.concurrency ?? 0,
      timeLimit: route.timeLimit ?? options.timeLimit ?? 0,
      softTimeLimit: route.softTimeLimit ?? options.softTimeLimit ?? 0,
    })),
  };
}

/** The name that the threads of a worker's route attach by. */
export const threadGroup = (worker: string, route: number): string => `${worker}:${route}`;

/** `queue.getWorkers()` finds a worker by the name of its blocking connection. */
function nameConnections(endpoint: Endpoint, prefix: string, queue: string, worker?: string): NativeEndpoint {
  const { connectionName, ...rest } = endpoint;
  return { ...rest, commandName: connectionName, blockingName: blockingConnectionName(queue, prefix, worker) };
}
