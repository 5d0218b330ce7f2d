/**
 * The events that come out of the addon. The numbers and the order are those of `src/worker/event.h` and
 * `binding/event_batch.h`.
 */
import type { FlatHash, JobHandle } from '../binding';

export enum EventType {
  job = 0,
  active = 1,
  completed = 2,
  finishRefused = 3,
  failed = 4,
  progress = 5,
  drained = 6,
  stalled = 7,
  locksRenewed = 8,
  lockRenewalFailed = 9,
  error = 10,
  ready = 11,
  stopped = 12,
  closed = 13,
  log = 14,
  // To a JavaScript thread, besides `job`:
  cancel = 15,
  answer = 16,
  stop = 17,
  // From a group of threads:
  threadWanted = 18,
  threadStuck = 19,
  orphaned = 20,
  call = 21,
  threadForgotten = 25,
  // Of limits:
  limitPassed = 22,
  overdue = 23,
  ping = 24,
  connectionLost = 26,
}

/** Bits: events that nobody asked for are not made. */
export enum Interest {
  active = 1,
  completed = 2,
  progress = 4,
  drained = 8,
  locks = 16,
  sweeps = 32,
}

/** Bits of `number` of a `failed` event. */
export enum Failed {
  drained = 1,
  json = 2,
}

export interface EngineEvent {
  type: EventType;
  job: JobHandle;
  number: number;
  flag: boolean;
  id?: string;
  token?: string;
  text?: string;
  /** A job's flat hash, or ids. */
  list?: FlatHash;
}
