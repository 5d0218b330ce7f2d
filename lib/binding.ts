/**
 * The one file that loads the addon, and its types. What the functions do stands in `binding/`.
 */
import { existsSync } from 'node:fs';
import { describeMissing, describeUnloadable, findAddon } from './addon-file';
import type { PoolStats } from './pool';

/** A job in flight; a number that is never used again. */
export type JobHandle = number;

/** A job's hash as Redis has it, `[name, value, …]`. */
export type FlatHash = string[];

export interface Script {
  sha1: string;
  source: string;
  keys: number;
}

export interface NativeAddress {
  host: string;
  port: number;
}

/** What servers call themselves, `host:port`, to where they are from here. */
export type NativeNatMap = Record<string, NativeAddress>;

/** Texts are PEM; '' for what isn't given. */
export interface NativeTls {
  ca: string;
  cert: string;
  key: string;
  passphrase: string;
  servername: string;
  minVersion: string;
  maxVersion: string;
  ciphers: string;
  rejectUnauthorized: boolean;
}

export interface NativeSentinels {
  addresses: NativeAddress[];
  name: string;
  username?: string;
  password?: string;
  tls?: NativeTls;
  natMap?: NativeNatMap;
}

/** All keys of a queue are in one slot, which the addon works out. */
export interface NativeCluster {
  nodes: NativeAddress[];
  natMap?: NativeNatMap;
}

/** The pauses before each attempt to connect again; the last one goes on, if they are endless. */
export interface NativeRetryDelays {
  ms: number[];
  endless: boolean;
}

export interface NativeEndpoint {
  host: string;
  port: number;
  path?: string;
  family: number;
  username?: string;
  password?: string;
  db: number;
  /** 0: none */
  connectTimeout: number;
  /** 0: the engine's own */
  commandTimeout: number;
  keepAlive: number;
  noDelay: boolean;
  /** Without it a rule of its own: 50 ms to 2 s, with jitter. */
  retryDelays?: NativeRetryDelays;
  tls?: NativeTls;
  /** With sentinels or a cluster, host and port are those of the first one that is asked. */
  sentinels?: NativeSentinels;
  cluster?: NativeCluster;
  commandName?: string;
  blockingName: string;
}

export interface NativeWorkerOptions {
  queue: string;
  prefix: string;
  id: string;
  name?: string;
  concurrency: number;
  endpoint: NativeEndpoint;
  scripts: Record<string, Script>;
  lockDuration: number;
  lockRenewTime: number;
  skipLockRenewal: boolean;
  stalledInterval: number;
  maxStalledCount: number;
  skipStalledCheck: boolean;
  maxStartedAttempts: number;
  drainDelay: number;
  maximumRateLimitDelay: number;
  runRetryDelay: number;
  maxMetricsSize: number;
  maxLoopLag: number;
  batching: boolean;
  /** JSON */
  limiter?: string;
  /** JSON */
  removeOnComplete?: string;
  routes: NativeRoute[];
}

/** With neither `processor` nor `threadGroup`, its jobs are handed to JavaScript. */
export interface NativeRoute {
  name: string;
  processor?: NativeProcessorHandle;
  /** The name that JavaScript threads attach by. */
  threadGroup?: string;
  idleThreadTimeout: number;
  maxJobsPerThread: number;
  /** 0: the worker's. */
  concurrency: number;
  timeLimit: number;
  softTimeLimit: number;
}

/** ioredis's names. */
export type ConnectionStatus = 'wait' | 'connecting' | 'connect' | 'ready' | 'reconnecting' | 'end';

/** Ages in ms. */
export interface NativeConnectionHealth {
  status: ConnectionStatus;
  server: string;
  lastReplyAge?: number;
  reconnects: number;
  lastError?: { code: string; message: string; age: number };
}

export interface NativeHealth {
  command: NativeConnectionHealth;
  blocking: NativeConnectionHealth;
}

export interface NativeWorker {
  readonly number: number;
  readonly inFlight: number;
  health(): NativeHealth;
  connect(): void;
  start(): void;
  pause(epoch: number): void;
  close(force: boolean): void;
  dispose(): void;
  setConcurrency(concurrency: number): void;
  /** After connect(). @param route - its index. */
  setThreads(route: number, threads: number, jobsPerThread: number): void;
  setInterest(mask: number): void;
  /** @param reason - JSON, or empty. */
  cancel(id: string, reason: string): boolean;
  /** @param insist - threads that can't hear of it are ended. */
  cancelAll(reason: string, insist: boolean): void;
  /** @param results - JSON texts, one a line. */
  complete(jobs: Float64Array, results: string): void;
  settling(job: JobHandle): void;
  settled(job: JobHandle, limitUntil: number, blockUntil: number, drained: boolean): void;
  adopt(job: JobHandle, id: string, hash: FlatHash): void;
  begin(job: JobHandle): void;
  drop(job: JobHandle): void;
  started(job: JobHandle): void;
  pong(): void;
  giveUp(): void;
  threadGone(thread: number): void;
  threadStuck(thread: number): void;
  threadsUnavailable(route: number): void;
  answer(job: JobHandle, call: number, ok: boolean, text: string): void;
}

/** A JavaScript thread's place at a worker's native loop: made and used on that thread. */
export interface NativeSeat {
  /** For listen(). */
  readonly number: number;
  readonly queue: string;
  readonly prefix: string;
  /** @param json - the result. */
  complete(job: JobHandle, json: string): void;
  /** @param error - by errorToJson(). */
  fail(job: JobHandle, error: string): void;
  /** @returns false when 1,024 calls are on their way to Redis: nothing was taken. */
  progress(job: JobHandle, json: string): boolean;
  log(job: JobHandle, row: string): boolean;
  /** Has a method of BullMQ's Job called on the main thread. @param request - JSON {method, args} */
  call(job: JobHandle, call: number, request: string): void;
  /** The job's signal was aborted. */
  cancelling(job: JobHandle): void;
  /** Takes no more jobs: the environment may end. */
  detach(): void;
}

export interface NativeRunInput {
  id: string;
  name: string;
  queue: string;
  data: string;
  attemptsMade: number;
}

export interface NativeRun {
  readonly number: number;
  cancel(): void;
  /** Once its last event has come. */
  end(): void;
}

export interface NativeProcessorHandle {
  readonly description: string;
  run(input: NativeRunInput): NativeRun;
}

export interface Addon {
  NativeWorker: new (options: NativeWorkerOptions) => NativeWorker;
  /** @throws when the worker is closed. */
  NativeSeat: new (group: string, thread: number) => NativeSeat;
  NativeProcessor: new (path: string, symbol: string) => NativeProcessorHandle;
  readonly eventFormat: number;
  readonly eventFieldNames: readonly string[];
  /** Batches as EventBatch reads them. */
  onEvents(handler: (count: number, numbers: Float64Array, texts: string, others: string[]) => void): void;
  configurePool(threads: number): void;
  poolStats(): PoolStats;
}

let loaded: Addon | undefined;
let failure: Error | undefined;
let path: string | undefined;

/** Where the addon is. Two files are two engines, which know nothing of each other. */
export const addonPath = (): string => (path ??= findAddon());

/** For a thread, whose environment variables may be its own: the file that its worker has loaded. */
export function useAddonAt(file: string): void {
  path = file;
}

/**
 * The addon of this environment.
 * @throws an Error that says where it was looked for, when it isn't there or can't be loaded.
 */
export function addon(): Addon {
  if (failure) throw new Error(failure.message, { cause: failure.cause });
  loaded ??= load(addonPath());
  return loaded;
}

function load(file: string): Addon {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an addon can't be imported
    if (existsSync(file)) return require(file) as Addon;
    failure = new Error(`aurochs: ${describeMissing()}`);
  } catch (cause) {
    failure = new Error(`aurochs: ${describeUnloadable(file, cause as Error)}`, { cause });
  }
  throw failure;
}
