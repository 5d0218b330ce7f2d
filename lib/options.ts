/**
 * Validates a Worker's arguments before anything is opened: BullMQ's message where BullMQ has one, else a TypeError
 * that names the option, what it must be and what it was.
 */
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { NativeProcessor } from './native';
import { entriesOf, isRoutes } from './routes';
import type { Routes } from './routes';
import { checkThreadOptions } from './threads/thread-options';
import type { WorkerOptions } from './worker-options';

type Check = (value: unknown) => boolean;

interface Rule {
  /** What the option must be, for the message. */
  is: string;
  check: Check;
}

const isNumber: Check = value => typeof value === 'number' && !Number.isNaN(value);
const isObject: Check = value => typeof value === 'object' && value !== null && !Array.isArray(value);

const positive = (unit: string): Rule => ({
  is: `a positive number${unit}`,
  check: value => isNumber(value) && (value as number) > 0,
});
const notNegative = (unit: string): Rule => ({
  is: `a number${unit}, 0 or more`,
  check: value => isNumber(value) && (value as number) >= 0,
});
const boolean: Rule = { is: 'a boolean', check: value => typeof value === 'boolean' };
const string: Rule = { is: 'a string', check: value => typeof value === 'string' };
const object: Rule = { is: 'an object', check: isObject };
const MS = ' of milliseconds';

const RULES: Partial<Record<keyof WorkerOptions | string, Rule>> = {
  name: string,
  prefix: string,
  autorun: boolean,
  lockDuration: positive(MS),
  lockRenewTime: notNegative(MS),
  maximumRateLimitDelay: positive(MS),
  runRetryDelay: notNegative(MS),
  maxStartedAttempts: { is: 'a number', check: isNumber },
  skipStalledCheck: boolean,
  skipLockRenewal: boolean,
  skipVersionCheck: boolean,
  useWorkerThreads: boolean,
  limiter: object,
  'limiter.max': positive(' of jobs'),
  'limiter.duration': positive(MS),
  metrics: object,
  'metrics.maxDataPoints': notNegative(' of minutes'),
  settings: object,
  'settings.backoffStrategy': { is: 'a function', check: value => typeof value === 'function' },
  removeOnComplete: {
    is: 'an object such as { count: 1000, age: 3600 }',
    check: isObject,
  },
  'removeOnComplete.count': { is: 'a number of jobs', check: isNumber },
  'removeOnComplete.age': notNegative(' of seconds'),
  removeOnFail: {
    is: 'an object such as { count: 1000, age: 3600 }',
    check: isObject,
  },
  'removeOnFail.count': { is: 'a number of jobs', check: isNumber },
  'removeOnFail.age': notNegative(' of seconds'),
  telemetry: object,
  threads: {
    is: 'a whole number of threads, 1 or more',
    check: value => Number.isInteger(value) && (value as number) > 0,
  },
  idleThreadTimeout: positive(MS),
  maxJobsPerThread: {
    is: 'a whole number of jobs, 1 or more',
    check: value => Number.isInteger(value) && (value as number) > 0,
  },
  isolation: { is: "'thread' or 'process'", check: value => value === 'thread' || value === 'process' },
  timeLimit: positive(MS),
  softTimeLimit: positive(MS),
  maxLoopLag: positive(MS),
  batching: boolean,
  shutdownTimeout: notNegative(MS),
};

// Options that aren't complete without these.
const REQUIRED = ['limiter.max', 'limiter.duration'];

function at(options: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (isObject(value) ? (value as Record<string, unknown>)[key] : undefined), options);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/**
 * @throws Error with BullMQ's message for what BullMQ itself checks, TypeError for anything else that can't work.
 */
export function validate(queue: unknown, processor: unknown, options: WorkerOptions | undefined): void {
  if (!options || (options as { connection?: unknown }).connection == null) {
    throw new Error('Worker requires a connection');
  }
  if (!queue) throw new Error('Queue name must be provided');
  if (typeof queue !== 'string') throw new TypeError(`Worker: the queue name must be a string, not ${show(queue)}`);
  if (queue.includes(':')) throw new Error('Queue name cannot contain :');
  validateProcessor(queue, processor);
  validateAsBullMQ(options);
  for (const path of Object.keys(RULES)) check(queue, options, path);
  checkThreadOptions(options.workerThreadsOptions);
}

/** @throws TypeError for what close() can't wait for. */
export function validateTimeout(queue: string, timeout: number | undefined): void {
  check(queue, { shutdownTimeout: timeout }, 'shutdownTimeout', 'the timeout of close()');
}

/** @param as - how the option is called in the message. */
function check(queue: string, options: object, path: string, as = path): void {
  const rule = RULES[path]!;
  const value = at(options, path);
  const parent = path.includes('.') ? at(options, path.split('.')[0]) : undefined;
  const missing = value === undefined || value === null;
  if (missing && !(REQUIRED.includes(path) && parent != null)) return;
  if (!rule.check(value)) {
    throw new TypeError(`Worker for queue '${queue}': ${as} must be ${rule.is}, not ${show(value)}`);
  }
}

function validateProcessor(queue: string, processor: unknown): void {
  if (isRoutes(processor)) {
    validateRoutes(queue, processor);
    return;
  }
  const valid =
    !processor ||
    typeof processor === 'function' ||
    typeof processor === 'string' ||
    processor instanceof URL ||
    processor instanceof NativeProcessor;
  if (!valid) {
    throw new TypeError(
      `Worker for queue '${queue}': the processor must be a function, a file path, a URL, native(…), or an object of those by job name, not ${show(processor)}`,
    );
  }
  if (processor instanceof URL) {
    if (!existsSync(processor)) throw new Error(`URL ${processor.href} does not exist in the local file system`);
  } else if (typeof processor === 'string' && processor !== '') {
    const file = processorFile(processor);
    if (!existsSync(file)) throw new Error(`File ${file} does not exist`);
  }
}

const ROUTE_RULES = ['threads', 'timeLimit', 'softTimeLimit'];
const ROUTE_OPTIONS = ['processor', 'concurrency', ...ROUTE_RULES];

function validateRoutes(queue: string, routes: Routes): void {
  const entries = entriesOf(routes);
  const fail = (message: string) => new TypeError(`Worker for queue '${queue}': ${message}`);
  if (entries.length === 0) throw fail("the object of processors by job name is empty; '*' takes jobs of any name");
  for (const [name, route] of entries) {
    if (!route.processor) throw fail(`there is no processor for jobs named '${name}'`);
    if (isRoutes(route.processor)) throw fail(`the processor for jobs named '${name}' must not be an object`);
    validateProcessor(queue, route.processor);
    const unknown = Object.keys(route).find(option => !ROUTE_OPTIONS.includes(option));
    if (unknown) throw fail(`'${name}': there is no option ${unknown}; there are ${ROUTE_OPTIONS.join(', ')}`);
    for (const option of ROUTE_RULES) check(queue, route, option, `'${name}'.${option}`);
    const { concurrency } = route;
    if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency > 0)) {
      throw fail(`'${name}'.concurrency must be a whole number of jobs, 1 or more, not ${show(concurrency)}`);
    }
  }
}

/** The file that a processor's path means: BullMQ's rule for what needs no `.js` behind it, and TypeScript's others. */
export function processorFile(path: string): string {
  const complete = ['.js', '.ts', '.flow', '.cjs', '.mjs', '.mts', '.cts'].includes(extname(path));
  return complete ? path : `${path}.js`;
}

// BullMQ makes these checks after it has opened its connections, which then stay open; here they come first.
function validateAsBullMQ(options: WorkerOptions): void {
  const given = (name: keyof WorkerOptions) => name in options;
  const number = (name: keyof WorkerOptions) => options[name] as number;
  if (given('maxStalledCount') && !(typeof options.maxStalledCount === 'number' && number('maxStalledCount') >= 0)) {
    throw new Error('maxStalledCount must be greater or equal than 0');
  }
  if (typeof options.maxStartedAttempts === 'number' && options.maxStartedAttempts < 0) {
    throw new Error('maxStartedAttempts must be greater or equal than 0');
  }
  if (given('stalledInterval') && !(typeof options.stalledInterval === 'number' && number('stalledInterval') > 0)) {
    throw new Error('stalledInterval must be greater than 0');
  }
  if (given('drainDelay') && !(typeof options.drainDelay === 'number' && number('drainDelay') > 0)) {
    throw new Error('drainDelay must be greater than 0');
  }
  if (given('concurrency')) {
    const concurrency: unknown = options.concurrency;
    if (typeof concurrency !== 'number' || concurrency < 1 || !isFinite(concurrency)) {
      throw new Error('concurrency must be a finite number greater than 0');
    }
  }
}
