/**
 * The events that come out of the addon. The numbers and the order are those of `src/worker/event.h` and
 * `binding/event_array.h`.
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

export const EVENT_STRIDE = 9;

/** The event that starts at `at` in a batch. */
export function eventAt(batch: unknown[], at: number): EngineEvent {
  return {
    type: batch[at + 1] as EventType,
    job: batch[at + 2] as JobHandle,
    number: batch[at + 3] as number,
    flag: batch[at + 4] as boolean,
    id: batch[at + 5] as string | undefined,
    token: batch[at + 6] as string | undefined,
    text: batch[at + 7] as string | undefined,
    list: batch[at + 8] as FlatHash | undefined,
  };
}
