// The batch on both sides: BullMQ's scripts one after the other, and ours in one call.
import { isDeepStrictEqual } from 'node:util';
import type { KeepJobs, WorkerSettings } from './operation';
import { bullScript, reference, script, type Script } from './reference';
import { kPrefix, kQueue, type Side } from './side';

export interface BatchJob {
  id: string;
  token: string;
  finishedOn: number;
  result: string;
}

export interface Batch {
  now: number;
  fetch: number;
  token: string;
  worker: WorkerSettings;
  keepJobs: KeepJobs;
  jobs: BatchJob[];
  /** The wait list may have markers of versions before 5. */
  markers?: boolean;
}

export interface Fetched {
  id: string;
  hash: Record<string, string>;
}

export interface Outcome {
  /** Of each job: 0 completed, 1 left to BullMQ's script, else BullMQ's error. */
  codes: number[];
  /** ms */
  limit: number;
  /** Unix time, ms */
  due: number;
  fetched: Fetched[];
  /** What BullMQ's script said of those that were left to it. */
  left: number[];
}

const kBase = `${kPrefix}:${kQueue}:`;
/** ms; between the sides' looks at a time to live. */
const kTtlTolerance = 5000;
const bullSteps = reference();
/** With its options as JSON. */
const moveToFinished = script(`
local function moveToFinished(KEYS, ARGV)
${bullScript('moveToFinished')}
end
ARGV[8] = cmsgpack.pack(cjson.decode(ARGV[8]))
return moveToFinished(KEYS, ARGV)`);

/** Runs the batch through BullMQ's scripts. The job that fetches the next one ends now: it gets this finishedOn. */
export async function bullBatch(side: Side, batch: Batch): Promise<Outcome> {
  const { worker, now, ...rest } = batch;
  const { name, limiter, lockDuration, metrics } = worker;
  const jobs = batch.jobs.map(job => ({ ...job, finishedOn: String(job.finishedOn) }));
  const request = { ...rest, jobs, prefix: kBase, now: String(now), name, limiter, lockDuration, metrics };
  const reply = (await side.run(bullSteps, [], [JSON.stringify(request)])) as unknown[];
  const [codes, limit, due, endsNow, left, ...fetched] = reply;
  if (Number(endsNow) > 0) batch.jobs[Number(endsNow) - 1].finishedOn = now;
  return { codes, limit, due, left, fetched: pairs(fetched) } as Outcome;
}

/** Runs the batch through ours, and what ours has left through BullMQ's script. */
export async function ourBatch(side: Side, batch: Batch, ours: Script): Promise<Outcome> {
  const reply = (await side.run(ours, keysOf(side), argumentsOf(batch))) as unknown[];
  const [codesOrNone, limit, due, ...fetched] = reply as [number[], number, number, ...unknown[]];
  const codes = codesOrNone.length === 0 ? batch.jobs.map(() => 0) : codesOrNone;
  const left: number[] = [];
  for (const [i, job] of batch.jobs.entries()) {
    if (codes[i] === 1) left.push(await finishByBull(side, batch, job));
  }
  return { codes, limit, due, left, fetched: pairs(fetched) };
}

function keysOf(side: Side): string[] {
  return [
    ...['wait', 'active', 'prioritized', 'events', 'stalled', 'limiter', 'delayed', 'meta', 'pc', 'marker'],
    ...['completed', 'metrics:completed'],
  ].map(name => side.key(name));
}

function argumentsOf({ now, fetch, token, worker, keepJobs, jobs }: Batch): (string | number)[] {
  const { name, limiter, lockDuration, metrics } = worker;
  return [
    ...[kBase, now, fetch, token, lockDuration, name ?? ''],
    ...[limiter?.max ?? '', limiter?.duration ?? ''],
    ...[keepJobs.count ?? '', keepJobs.age ?? '', keepJobs.limit ?? '', metrics ?? ''],
    ...jobs.flatMap(({ id, token, finishedOn, result }) => [id, token, finishedOn, result]),
  ];
}

async function finishByBull(side: Side, { worker, keepJobs }: Batch, job: BatchJob): Promise<number> {
  const { lockDuration, metrics = '' } = worker;
  const options = { token: job.token, keepJobs, lockDuration, attempts: 0, maxMetricsSize: metrics };
  const keys = [
    ...['wait', 'active', 'prioritized', 'events', 'stalled', 'limiter', 'delayed', 'paused', 'meta', 'pc'],
    ...['completed', job.id, 'metrics:completed', 'marker'],
  ].map(name => side.key(name));
  const args = [
    job.id,
    job.finishedOn,
    'returnvalue',
    job.result,
    'completed',
    '0',
    kBase,
    JSON.stringify(options),
    '',
  ];
  return (await side.run(moveToFinished, keys, args)) as number;
}

function pairs(flat: unknown[]): Fetched[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => {
    const fields = flat[2 * i + 1] as string[];
    const hash: Record<string, string> = {};
    for (let f = 0; f < fields.length; f += 2) hash[fields[f]] = fields[f + 1];
    return { id: flat[2 * i] as string, hash };
  });
}

/** What the replies differ in, or nothing. */
export function outcomeDifference(expected: Outcome, actual: Outcome): string | undefined {
  const { limit: one, ...rest } = expected;
  const { limit: other, ...others } = actual;
  if (isDeepStrictEqual(rest, others) && Math.sign(one) === Math.sign(other) && Math.abs(one - other) < kTtlTolerance) {
    return undefined;
  }
  return `replies\n    expected ${JSON.stringify(expected)}\n    actual   ${JSON.stringify(actual)}`;
}
