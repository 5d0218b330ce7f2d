/**
 * The job that a file's processor gets: BullMQ's sandboxed job, made straight from the job's hash in Redis.
 * By hand, not with BullMQ's code, which would cost each thread some megabytes.
 */
import type { JobJsonSandbox, SandboxedJob } from 'bullmq';
import type { FlatHash } from '../binding';

/** The methods that are called on BullMQ's Job, on the main thread. */
export type JobMethod =
  | 'moveToDelayed'
  | 'moveToWait'
  | 'moveToWaitingChildren'
  | 'updateData'
  | 'getChildrenValues'
  | 'getIgnoredChildrenFailures'
  | 'getDependenciesCount'
  | 'getDependencies';

/** What a sandboxed job needs of its thread. */
export interface JobLine {
  /** Resolves when the text is on its way to Redis. */
  progress(json: string): Promise<void>;
  log(row: string): Promise<void>;
  /** Resolves to what the method returned, or rejects with what it threw. */
  call(method: JobMethod, args: unknown[]): Promise<any>;
}

/** The fields of a job's hash, under their short names. */
type StoredJob = Partial<Record<string, string>>;

/** The queue that a thread works for. */
export type QueueOfJob = Pick<SandboxedJob, 'queueName' | 'queueQualifiedName' | 'prefix'>;

type Fields = { [K in keyof JobJsonSandbox]?: unknown } & { returnValue: unknown };

type Methods = Partial<Record<JobMethod | 'updateProgress' | 'log', (...args: unknown[]) => Promise<unknown>>>;

interface Options {
  [name: string]: unknown;
  deduplication?: { id?: string };
  telemetry?: object;
}

/** Options that are stored under short names; `tm` and `omc` are parts of `telemetry`. */
const OPTION_NAMES = new Map<string, string>([
  ['de', 'deduplication'],
  ['fpof', 'failParentOnFailure'],
  ['cpof', 'continueParentOnFailure'],
  ['idof', 'ignoreDependencyOnFailure'],
  ['kl', 'keepLogs'],
  ['rdof', 'removeDependencyOnFailure'],
]);

/** @throws SyntaxError when the job's data or options are no JSON. */
export function sandboxedJob(hash: FlatHash, id: string, queue: QueueOfJob, line: JobLine): SandboxedJob {
  const stored: StoredJob = {};
  for (let i = 0; i < hash.length; i += 2) stored[hash[i]] = hash[i + 1];
  const job = fieldsOf(stored, id, queue);
  addMethods(job, line);
  return job as unknown as SandboxedJob;
}

/**
 * As with BullMQ they are own properties, and functions that need no `this`: they can be spread, and taken off the
 * job. One by one, since a literal that spreads the fields takes V8 a hundred times as long.
 */
function addMethods(job: Fields & Methods, line: JobLine): void {
  job.updateProgress = async progress => {
    job.progress = progress;
    await line.progress(JSON.stringify(progress) ?? 'null');
  };
  job.log = async row => {
    await line.log(row == null ? '' : String(row));
  };
  job.moveToDelayed = async (timestamp, token) => {
    await line.call('moveToDelayed', [timestamp, token]);
  };
  job.moveToWait = async token => {
    await line.call('moveToWait', [token]);
  };
  job.moveToWaitingChildren = (token, opts) => line.call('moveToWaitingChildren', [token, opts]);
  job.updateData = async data => {
    await line.call('updateData', [data]);
    job.data = data;
  };
  job.getChildrenValues = () => line.call('getChildrenValues', []);
  job.getIgnoredChildrenFailures = () => line.call('getIgnoredChildrenFailures', []);
  job.getDependenciesCount = opts => line.call('getDependenciesCount', [opts]);
  job.getDependencies = opts => line.call('getDependencies', [opts]);
}

/** As BullMQ's `Job.fromJSON(…).asJSONSandbox()`, which leaves out what is undefined, with data and result parsed. */
function fieldsOf(stored: StoredJob, id: string, queue: QueueOfJob): Fields {
  const opts = optionsOf(stored.opts);
  const returnvalue = returnValueOf(stored.returnvalue);
  const fields: Fields = {
    id: stored.id || id,
    name: stored.name,
    data: JSON.parse(stored.data || '{}'),
    opts,
    progress: JSON.parse(stored.progress || '0') ?? 0,
    attemptsMade: parseInt(stored.attemptsMade || stored.atm || '0'),
    attemptsStarted: parseInt(stored.ats || '0'),
    stalledCounter: parseInt(stored.stc || '0'),
    timestamp: parseInt(stored.timestamp!),
    stacktrace: stacktraceOf(stored.stacktrace),
    queueName: queue.queueName,
    queueQualifiedName: queue.queueQualifiedName,
    prefix: queue.prefix,
    returnValue: returnvalue === undefined ? {} : JSON.parse(returnvalue),
  };
  if (returnvalue !== undefined) fields.returnvalue = returnvalue;
  if (stored.parent) fields.parent = JSON.parse(stored.parent);
  if (stored.parentKey) fields.parentKey = stored.parentKey;
  if (stored.finishedOn) fields.finishedOn = parseInt(stored.finishedOn);
  if (stored.processedOn) fields.processedOn = parseInt(stored.processedOn);
  if (stored.failedReason) fields.failedReason = JSON.stringify(stored.failedReason);
  const deduplicationId = stored.deid || opts.deduplication?.id;
  if (deduplicationId !== undefined) fields.deduplicationId = deduplicationId;
  const repeatJobKey = stored.rjk || opts.repeatJobKey;
  if (repeatJobKey !== undefined) fields.repeatJobKey = repeatJobKey;
  if ('repeatJobKey' in opts) delete opts.repeatJobKey;
  return fields;
}

/** Public names for the stored ones, and BullMQ's defaults. */
function optionsOf(text: string | undefined): Options {
  const stored = JSON.parse(text || '{}') as Record<string, unknown>;
  const opts: Options = { attempts: 0 };
  for (const name in stored) {
    const value = stored[name];
    if (name === 'tm') opts.telemetry = { ...opts.telemetry, metadata: value };
    else if (name === 'omc') opts.telemetry = { ...opts.telemetry, omitContext: value };
    else opts[OPTION_NAMES.get(name) ?? name] = value;
  }
  if (Number.isFinite(opts.backoff)) opts.backoff = { type: 'fixed', delay: opts.backoff };
  // As with BullMQ, null and the like are no backoff.
  else if ('backoff' in opts && !opts.backoff) delete opts.backoff;
  return opts;
}

/** JSON text of the value that an earlier attempt has returned; undefined when it is no JSON. */
function returnValueOf(text: string | undefined): string | undefined {
  if (text === undefined) return 'null';
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** JSON text of the stack traces of earlier attempts. */
function stacktraceOf(text: string | undefined): string {
  if (!text) return '[]';
  try {
    return Array.isArray(JSON.parse(text)) ? text : '[]';
  } catch {
    return '[]';
  }
}
