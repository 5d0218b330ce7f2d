// What a history is made of, as plain data: it can be made up from a seed, made smaller, and printed.

/** Stands for one of the things there are, whatever their number: counted around. */
export type Pick = number;

export type Failure = 'fpof' | 'cpof' | 'idof' | 'rdof' | 'none';

export interface Deduplication {
  id: string;
  ttl?: number;
  extend?: boolean;
  replace?: boolean;
  keepLastIfActive?: boolean;
}

export interface AddOptions {
  jobId?: string;
  priority?: number;
  lifo?: boolean;
  delay?: number;
  attempts?: number;
  backoff?: number;
  removeOnFail?: boolean | number;
  deduplication?: Deduplication;
}

export interface Child {
  elsewhere: boolean;
  failure: Failure;
  delay?: number;
  priority?: number;
}

export interface KeepJobs {
  count?: number;
  age?: number;
  limit?: number;
}

export interface Finish {
  worker: number;
  /** Which of its jobs, as many as there are picks. */
  picks: Pick[];
  /** How many jobs to fetch. */
  fetch: number;
  keepJobs: KeepJobs;
  /** ms between one job's end and the next one's; the last one ends now. */
  spread: number;
  result: string;
  /** A job more that isn't this worker's to complete: another worker's, none at all, or one of its own once more, with
   * the same token or with one that it had before it stalled. */
  odd?: { kind: 'foreign' | 'unknown' | 'twice' | 'stale'; at: Pick };
}

export type Operation =
  | { do: 'add'; options: AddOptions }
  | { do: 'addBulk'; jobs: AddOptions[] }
  | { do: 'addFlow'; options: AddOptions; children: Child[] }
  /** A child for a job that is active. */
  | { do: 'addChild'; worker: number; parent: Pick; failure: Failure; delay?: number }
  /** Adds a job again, which now gets a parent. */
  | { do: 'adopt'; child: Pick; parent: Pick }
  | { do: 'schedule'; every: number }
  | { do: 'fetch'; worker: number; fetch: number }
  | ({ do: 'finish' } & Finish)
  | { do: 'fail'; worker: number; pick: Pick; final: boolean }
  | { do: 'moveToDelayed'; worker: number; pick: Pick; delay: number }
  | { do: 'moveToWaitingChildren'; worker: number; pick: Pick }
  | { do: 'pause' | 'resume' | 'sweep' | 'forgetLimit' | 'keepLimit' | 'forgetMeta' | 'takeMarker' }
  | { do: 'compare' }
  | { do: 'limitNow'; duration: number }
  | { do: 'concurrency'; value: number | null }
  | { do: 'rateLimit'; value: { max: number; duration: number } | null }
  | { do: 'maxLenEvents'; value: number | null }
  | { do: 'drain'; delayed: boolean }
  | { do: 'clean'; set: 'completed' | 'failed' | 'wait' | 'delayed' | 'prioritized'; grace: number; limit: number }
  | { do: 'retry'; pick: Pick; state: 'failed' | 'completed' }
  | { do: 'changePriority'; pick: Pick; priority: number; lifo: boolean }
  | { do: 'remove' | 'promote' | 'log' | 'progress' | 'eraseHash' | 'defer'; pick: Pick }
  | { do: 'expireDeduplication'; id: string }
  | { do: 'loseLock' | 'stealLock' | 'kickFromActive' | 'failChild'; worker: number; pick: Pick }
  | { do: 'advance'; ms: number };

export interface WorkerSettings {
  name?: string;
  limiter?: { max: number; duration: number };
  lockDuration: number;
  /** maxDataPoints */
  metrics?: number;
}

export interface History {
  workers: [WorkerSettings, WorkerSettings];
  operations: Operation[];
}
