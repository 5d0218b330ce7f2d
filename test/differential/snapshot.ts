// Everything that a database holds: as a digest to compare often, and as values to say what differs.
import type { Redis } from 'ioredis';
import { script, type Script } from './reference';

/** ms; a key's time to live is about the same when it is within this. */
const kTtlTolerance = 5000;
/** Streams are trimmed approximately: below this maxLenEvents they may differ in length. */
const kSmallMaxLen = 1000;

type Value = string | string[] | Record<string, string>;

interface Entry {
  type: string;
  /** ms, or -1. */
  ttl: number;
  value: Value;
}

export type Snapshot = Map<string, Entry>;

/** The digest is empty where streams may differ in length: then the values have to be compared. */
const digestScript: Script = script(`
for _, meta in ipairs(redis.call('KEYS', '*:meta')) do
  local maxLen = tonumber(redis.call('HGET', meta, 'opts.maxLenEvents') or 10000)
  if maxLen < ${kSmallMaxLen} then return '' end
end
local keys = redis.call('KEYS', '*')
table.sort(keys)
local all = {}
for _, key in ipairs(keys) do
  local kind = redis.call('TYPE', key).ok
  local value
  if kind == 'string' then
    value = redis.call('GET', key)
  elseif kind == 'list' then
    value = redis.call('LRANGE', key, 0, -1)
  elseif kind == 'set' then
    value = redis.call('SMEMBERS', key)
    table.sort(value)
  elseif kind == 'zset' then
    value = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  elseif kind == 'hash' then
    local flat = redis.call('HGETALL', key)
    value = {}
    for i = 1, #flat, 2 do value[#value + 1] = cjson.encode({ flat[i], flat[i + 1] }) end
    table.sort(value)
  else
    value = {}
    for i, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do value[i] = entry[2] end
  end
  -- In steps so large that the sides rarely fall into different ones; then the values are compared.
  local ttl = math.ceil(redis.call('PTTL', key) / 100000)
  all[#all + 1] = { key, kind, ttl, value }
end
return redis.sha1hex(cjson.encode(all))
`);

export async function digest(redis: Redis): Promise<string> {
  return (await redis.eval(digestScript.source, 0)) as string;
}

export async function snapshot(redis: Redis): Promise<Snapshot> {
  const keys = (await redis.keys('*')).sort();
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.type(key).pttl(key);
  const described = await results(pipeline);
  const reads = redis.pipeline();
  keys.forEach((key, i) => read(reads, key, String(described[2 * i])));
  const values = await results(reads);
  return new Map(
    keys.map((key, i) => {
      const type = String(described[2 * i]);
      return [key, { type, ttl: Number(described[2 * i + 1]), value: normalised(type, values[i]) }];
    }),
  );
}

type Pipeline = ReturnType<Redis['pipeline']>;

async function results(pipeline: Pipeline): Promise<unknown[]> {
  return ((await pipeline.exec()) ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}

function read(pipeline: Pipeline, key: string, type: string): void {
  switch (type) {
    case 'string':
      return void pipeline.get(key);
    case 'list':
      return void pipeline.lrange(key, 0, -1);
    case 'set':
      return void pipeline.smembers(key);
    case 'zset':
      return void pipeline.zrange(key, 0, -1, 'WITHSCORES');
    case 'hash':
      return void pipeline.hgetall(key);
    case 'stream':
      return void pipeline.xrange(key, '-', '+');
    default:
      throw new Error(`${key} is a ${type}, which no queue has`);
  }
}

function normalised(type: string, value: unknown): Value {
  if (type === 'set') return (value as string[]).sort();
  if (type === 'stream') return (value as [id: string, fields: string[]][]).map(([, fields]) => fields.join(' '));
  return value as Value;
}

/** What differs, a line for each; nothing when the two are the same. */
export function differences(expected: Snapshot, actual: Snapshot): string[] {
  const keys = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  return keys.flatMap(key => {
    const [one, other] = [expected.get(key), actual.get(key)];
    if (!one || !other) return [`${key}: ${one ? 'missing' : 'too many'}: ${show((one ?? other)!.value)}`];
    if (one.type !== other.type) return [`${key}: is a ${other.type}, not a ${one.type}`];
    if (!sameTtl(one.ttl, other.ttl)) return [`${key}: expires in ${other.ttl} ms, not ${one.ttl} ms`];
    return same(one, other, maxLenOf(key, expected)) ? [] : [`${key}: ${difference(one.value, other.value)}`];
  });
}

function sameTtl(one: number, other: number): boolean {
  return one < 0 || other < 0 ? one === other : Math.abs(one - other) < kTtlTolerance;
}

function maxLenOf(key: string, snapshot: Snapshot): number {
  const meta = snapshot.get(key.replace(/:events$/, ':meta'))?.value as Record<string, string> | undefined;
  return Number(meta?.['opts.maxLenEvents'] ?? 10_000);
}

function same(one: Entry, other: Entry, maxLen: number): boolean {
  let [a, b] = [one.value, other.value];
  if (one.type === 'stream' && maxLen < kSmallMaxLen) {
    const common = Math.min(a.length as number, b.length as number);
    [a, b] = [tail(a as string[], common), tail(b as string[], common)];
  }
  return canonical(a) === canonical(b);
}

function tail(events: string[], length: number): string[] {
  return length === 0 ? [] : events.slice(-length);
}

function canonical(value: Value): string {
  return JSON.stringify(typeof value === 'string' || Array.isArray(value) ? value : Object.entries(value).sort());
}

function difference(expected: Value, actual: Value): string {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const at = expected.findIndex((line, i) => line !== actual[i]);
    const from = at < 0 ? expected.length : at;
    const window = (lines: string[]) => show(lines.slice(Math.max(0, from - 2), from + 6));
    return `from ${from} of ${expected.length}\n    expected … ${window(expected)}\n    actual   … ${window(actual)}`;
  }
  return `\n    expected ${show(expected)}\n    actual   ${show(actual)}`;
}

function show(value: Value): string {
  const text = JSON.stringify(value);
  return text.length > 600 ? `${text.slice(0, 600)}… (${text.length})` : text;
}
