// Histories written by hand, for test files: begun, led step by step, compared.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Differential } from './differential';
import { kSecond } from './durations';
import type { KeepJobs, WorkerSettings } from './operation';
import { Replay, type Pair } from './replay';

export const kKeepAll: KeepJobs = { count: -1 };
export const kWorker: WorkerSettings = { lockDuration: 30 * kSecond };

export function ourSource(): string {
  return readFileSync(join(__dirname, '../../src/protocol/lua/finish_and_fetch.lua'), 'utf8');
}

interface Finishing {
  jobs?: number;
  fetch?: number;
  keepJobs?: KeepJobs;
  /** ms between one job's end and the next one's. */
  spread?: number;
  result?: string;
  worker?: number;
}

/** Both sides for one test file, with its hooks registered. */
export class HandWritten {
  pair!: Pair;

  constructor() {
    let differential: Differential;
    beforeAll(async () => {
      differential = await Differential.open(ourSource());
      this.pair = differential.pair();
    });
    afterAll(() => differential.close());
    beforeEach(() => this.pair.clock.install());
    afterEach(() => this.pair.clock.restore());
  }

  /** @param worker,other what the two workers have beside a lockDuration */
  async begin(worker: Partial<WorkerSettings> = {}, other: Partial<WorkerSettings> = {}): Promise<Replay> {
    const replay = new Replay(this.pair, {
      workers: [worker, other].map(own => ({ ...kWorker, ...own })) as [any, any],
    });
    await replay.start();
    return replay;
  }
}

export function addMany(replay: Replay, jobs: number, options: (i: number) => object = () => ({})): Promise<unknown> {
  const bulk = () =>
    Array.from({ length: jobs }, (_, i) => ({ name: 'job', data: i, opts: { timestamp: replay.now, ...options(i) } }));
  return replay.both('add', async side => (await side.queue.addBulk(bulk())).map(job => job.id));
}

export function fetch(replay: Replay, count: number, worker = 0): Promise<void> {
  return replay.perform({ do: 'fetch', worker, fetch: count });
}

/** Completes the worker's first jobs, and compares. */
export async function finish(replay: Replay, options: Finishing = {}): Promise<void> {
  const { jobs = 1, fetch = 0, keepJobs = kKeepAll, spread = 0, result = '1', worker = 0 } = options;
  const picks = Array<number>(jobs).fill(0);
  await replay.perform({ do: 'finish', worker, picks, fetch, keepJobs, spread, result });
  await replay.compare();
}
