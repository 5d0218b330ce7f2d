// Waiting for things to happen, with one generous deadline: a deadline only turns a hang into a message.
import type { EventEmitter } from 'node:events';

const kDeadline = 20_000;

export interface WaitOptions {
  /** What is awaited, for the message on failure. */
  what?: string;
  /** ms between looks. */
  interval?: number;
  /** ms until giving up. */
  deadline?: number;
}

export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

/** Looks again and again until `condition` gives something truthy, and resolves with it. */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitOptions = {}): Promise<NonNullable<T>> {
  const { what = condition.toString(), interval = 10, deadline = kDeadline } = options;
  const end = Date.now() + deadline;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${deadline} ms in vain for ${what}`);
    await sleep(interval);
  }
}

/** The arguments of the next `event`; with `filter`, of the next one that it accepts. */
export function waitForEvent<A extends unknown[] = any[]>(
  emitter: Pick<EventEmitter, 'on' | 'off'>,
  event: string,
  filter: (...args: A) => boolean = () => true,
  deadline = kDeadline,
): Promise<A> {
  return new Promise((resolve, reject) => {
    const listener = (...args: any[]) => {
      if (!filter(...(args as A))) return;
      clearTimeout(timer);
      emitter.off(event, listener);
      resolve(args as A);
    };
    const timer = setTimeout(() => {
      emitter.off(event, listener);
      reject(new Error(`waited ${deadline} ms in vain for '${event}'`));
    }, deadline);
    emitter.on(event, listener);
  });
}

/** The arguments of the next `count` occurrences of `event`, in order. */
export async function waitForEvents<A extends unknown[] = any[]>(
  emitter: Pick<EventEmitter, 'on' | 'off'>,
  event: string,
  count: number,
  deadline = kDeadline,
): Promise<A[]> {
  const seen: A[] = [];
  await waitForEvent<A>(
    emitter,
    event,
    (...args) => {
      seen.push(args);
      return seen.length === count;
    },
    deadline,
  );
  return seen;
}

/** A promise and its two ends, to hold a processor until the test lets it go. */
export class Gate<T = void> {
  resolve!: (value: T) => void;
  reject!: (error: unknown) => void;
  readonly opened = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  open(value: T): void {
    this.resolve(value);
  }
}

/** Fails when `promise` is still pending after the deadline, with a message that says what was awaited. */
export function within<T>(promise: Promise<T>, what: string, deadline = kDeadline): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${deadline} ms in vain for ${what}`)), deadline);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
