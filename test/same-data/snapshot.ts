// Everything a database holds, as text to compare: names, types, values and classes of expiry. What differs from one
// run to the next by its nature (times, lock tokens, stream and span ids, stack frames) is replaced by a placeholder.
import type { Redis } from 'ioredis';

/** How events are listed: as they came, or job by job where timers decide how jobs interleave. */
export type EventOrder = 'ordered' | 'per job';

/** ms; a key that expires is listed with the least multiple of this that its time to live fits in. */
const kTtlStep = 10_000;
/** ms; a key that expires so soon may be there in one run and gone in the next, and is left out. */
const kFleeting = 1000;

type Field = [name: string, value: string];

export async function snapshot(redis: Redis, order: EventOrder = 'ordered'): Promise<string> {
  const keys = (await redis.keys('*')).sort();
  const sections = await Promise.all(
    keys.map(async key => {
      const [type, ttl] = await Promise.all([redis.type(key), redis.pttl(key)]);
      const isFleeting = type === 'none' || (ttl >= 0 && ttl <= kFleeting);
      return isFleeting
        ? ''
        : [`${key} (${type}${ttlClass(ttl)})`, ...(await read(redis, key, type, order))].join('\n  ');
    }),
  );
  return normalise(sections.filter(section => section !== '').join('\n'));
}

function ttlClass(ttl: number): string {
  return ttl < 0 ? '' : `, expires within ${(Math.ceil(ttl / kTtlStep) * kTtlStep) / 1000} s`;
}

async function read(redis: Redis, key: string, type: string, order: EventOrder): Promise<string[]> {
  switch (type) {
    case 'string':
      return [(await redis.get(key)) ?? ''];
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return (await redis.smembers(key)).sort();
    case 'hash':
      return hash(Object.entries(await redis.hgetall(key)));
    case 'zset':
      return sortedSet(pairs(await redis.zrange(key, 0, -1, 'WITHSCORES')));
    case 'stream':
      return stream(await redis.xrange(key, '-', '+'), order);
    default:
      throw new Error(`${key} is a ${type}, which no queue has`);
  }
}

function hash(fields: Field[]): string[] {
  return fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} = ${name === 'stacktrace' ? stackTraces(value) : value}`);
}

/** The number of stack traces and what each says; its frames are the implementation's. */
function stackTraces(json: string): string {
  const traces: unknown = JSON.parse(json);
  if (!Array.isArray(traces)) return json;
  return JSON.stringify(traces.map(trace => String(trace).split('\n    at ')[0]));
}

/** In order, except where the scores are the times at which something happened. */
function sortedSet(members: Field[]): string[] {
  const lines = members.map(([member, score]) => `${member} = ${scoreClass(Number(score))}`);
  return members.every(([, score]) => isTime(Number(score))) ? lines.sort() : lines;
}

const isTime = (score: number) => score >= 1.5e12 && score < 2e12;

function scoreClass(score: number): string {
  if (isTime(score)) return '<ms>';
  // The delayed set: ms × 4096, plus a number that keeps jobs of the same ms in order.
  return isTime(score / 4096) ? '<ms * 4096>' : String(score);
}

function stream(entries: [id: string, fields: string[]][], order: EventOrder): string[] {
  const events = entries.map(([, flat]) => pairs(flat));
  if (order === 'per job') {
    const jobOf = (event: Field[]) => event.find(([name]) => name === 'jobId')?.[1] ?? '';
    events.sort((a, b) => jobOf(a).localeCompare(jobOf(b), 'en', { numeric: true }));
  }
  return events.map(event => event.map(([name, value]) => `${name}=${value}`).join(' '));
}

function pairs(flat: string[]): Field[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

const kIteration = /\brepeat:([^:\s"]+):(\d{13})\b/g;

function normalise(text: string): string {
  return (
    numberIterations(text)
      .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::\d+)?/g, '<uuid>')
      .replace(/("spanId":)\d+/g, '$1<span>')
      // What is left of an hour when the ms turns between the clock's two readings.
      .replace(/\b(delay = )35999\d\d\b/g, '$13600000')
      .replace(/(?<!\d)1[5-9]\d{11}(?!\d)/g, '<ms>')
  );
}

/** The jobs of a scheduler are named by their time: the first becomes #1, and so on. What is left to wait varies. */
function numberIterations(text: string): string {
  const times = new Map<string, Set<string>>();
  for (const [, scheduler, time] of text.matchAll(kIteration)) {
    times.set(scheduler, (times.get(scheduler) ?? new Set()).add(time));
  }
  if (times.size === 0) return text;
  return text
    .replace(kIteration, (_, scheduler: string, time: string) => {
      const number = [...times.get(scheduler)!].sort().indexOf(time) + 1;
      return `repeat:${scheduler}:#${number}`;
    })
    .replace(/("(?:delay|offset)":)\d+/g, '$1<ms left>')
    .replace(/^( {2}(?:delay|offset) = )\d+$/gm, '$1<ms left>');
}
