/**
 * A job's hash as Redis has it, under BullMQ's short names: the fields that a sandboxed job is made of.
 */
import type { FlatHash } from '../binding';

export interface StoredJob {
  id: string | undefined;
  name: string | undefined;
  data: string | undefined;
  opts: string | undefined;
  progress: string | undefined;
  timestamp: string | undefined;
  attemptsStarted: string | undefined;
  attemptsMade: string | undefined;
  stalledCounter: string | undefined;
  processedOn: string | undefined;
  finishedOn: string | undefined;
  repeatJobKey: string | undefined;
  deduplicationId: string | undefined;
  failedReason: string | undefined;
  stacktrace: string | undefined;
  returnvalue: string | undefined;
  parentKey: string | undefined;
  parent: string | undefined;
}

/**
 * A switch over an object of one shape: with names as computed keys V8 has each of a job's strings interned first, and
 * takes many times as long.
 */
export function readHash(hash: FlatHash): StoredJob {
  const job = emptyJob();
  for (let i = 0; i < hash.length; i += 2) assign(job, hash[i], hash[i + 1]);
  return job;
}

function emptyJob(): StoredJob {
  return {
    id: undefined,
    name: undefined,
    data: undefined,
    opts: undefined,
    progress: undefined,
    timestamp: undefined,
    attemptsStarted: undefined,
    attemptsMade: undefined,
    stalledCounter: undefined,
    processedOn: undefined,
    finishedOn: undefined,
    repeatJobKey: undefined,
    deduplicationId: undefined,
    failedReason: undefined,
    stacktrace: undefined,
    returnvalue: undefined,
    parentKey: undefined,
    parent: undefined,
  };
}

function assign(job: StoredJob, name: string, value: string): void {
  switch (name) {
    case 'name':
      job.name = value;
      break;
    case 'data':
      job.data = value;
      break;
    case 'opts':
      job.opts = value;
      break;
    case 'timestamp':
      job.timestamp = value;
      break;
    case 'processedOn':
      job.processedOn = value;
      break;
    case 'ats':
      job.attemptsStarted = value;
      break;
    case 'atm':
      // The name that it had before goes first.
      job.attemptsMade ||= value;
      break;
    case 'attemptsMade':
      job.attemptsMade = value || job.attemptsMade;
      break;
    case 'stc':
      job.stalledCounter = value;
      break;
    case 'progress':
      job.progress = value;
      break;
    case 'parentKey':
      job.parentKey = value;
      break;
    case 'parent':
      job.parent = value;
      break;
    case 'rjk':
      job.repeatJobKey = value;
      break;
    case 'deid':
      job.deduplicationId = value;
      break;
    case 'stacktrace':
      job.stacktrace = value;
      break;
    case 'failedReason':
      job.failedReason = value;
      break;
    case 'returnvalue':
      job.returnvalue = value;
      break;
    case 'finishedOn':
      job.finishedOn = value;
      break;
    case 'id':
      job.id = value;
      break;
  }
}
