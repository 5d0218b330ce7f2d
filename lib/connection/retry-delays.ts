/**
 * A client's retry strategy as a list of delays, since no JavaScript runs on the native loop: it is asked in advance.
 */
import { Redis } from 'ioredis';
import type { NativeRetryDelays } from '../binding';
import type { OptionReader } from './option-reader';

/** So many attempts are asked about; the delay of the last one goes on. */
const ATTEMPTS = 100;

const LONGEST = 2 ** 31 - 1;

type Strategy = (times: number, cause?: Error) => unknown;

const source = (strategy: unknown): string => String(strategy).replace(/\s/g, '');

/** What a connection has when nobody has chosen: the native loop has a rule of its own for that. */
const DEFAULTS = new Set([
  source((Redis as unknown as { defaultOptions?: { retryStrategy?: unknown } }).defaultOptions?.retryStrategy),
  // BullMQ's, ioredis's for a cluster and for Sentinels
  'function(times){returnMath.max(Math.min(Math.exp(times),20000),1000);}',
  '(times)=>Math.min(100+times*2,2000)',
  'function(times){returnMath.min(times*10,1000);}',
]);

/**
 * ioredis's rule: what isn't a function, and what it returns that isn't a number, ends the attempts.
 * @returns undefined for the default.
 */
export function retryDelays(reader: OptionReader, name: string): NativeRetryDelays | undefined {
  const strategy = reader.raw(name);
  if (strategy === undefined || DEFAULTS.has(source(strategy))) return undefined;
  if (typeof strategy !== 'function') return { ms: [], endless: false };
  const cause = refused();
  return ask(reader, name, times => (strategy as Strategy)(times, cause));
}

/** node-redis's: `false`, a number, or a function that counts from 0. */
export function reconnectDelays(reader: OptionReader, name: string): NativeRetryDelays | undefined {
  const strategy = reader.get(name);
  if (strategy === undefined) return undefined;
  if (strategy === false) return { ms: [], endless: false };
  if (typeof strategy === 'number') return { ms: [toDelay(strategy)], endless: true };
  if (typeof strategy !== 'function') throw reader.mustBe(name, 'a function, a number of milliseconds or false');
  const cause = refused();
  return ask(reader, name, times => (strategy as Strategy)(times - 1, cause));
}

function ask(reader: OptionReader, name: string, delayOf: (times: number) => unknown): NativeRetryDelays {
  const ms: number[] = [];
  for (let times = 1; times <= ATTEMPTS; times++) {
    let delay: unknown;
    try {
      delay = delayOf(times);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw reader.fail(`${reader.at}.${name} threw at attempt ${times}: ${what}`, error);
    }
    if (typeof delay !== 'number') return { ms, endless: false };
    ms.push(toDelay(delay));
  }
  while (ms.length > 1 && ms.at(-1) === ms.at(-2)) ms.pop();
  return { ms, endless: true };
}

/** As setTimeout() takes it: at least 1. */
const toDelay = (ms: number): number => (ms >= 1 ? Math.min(Math.ceil(ms), LONGEST) : 1);

const refused = (): Error =>
  Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
