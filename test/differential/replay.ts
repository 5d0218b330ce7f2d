// Leads both sides through one history and says where they part.
import { bullBatch, ourBatch, outcomeDifference, type Batch, type Outcome } from './batch';
import type { Clock } from './clock';
import type { Finish, History, Operation } from './operation';
import { perform } from './perform';
import type { Script } from './reference';
import type { Side } from './side';
import { differences, digest, snapshot } from './snapshot';
import type { Tally } from './tally';

/** A job that a worker has fetched. */
export interface Held {
  id: string;
  token: string;
}

/** The two sides, and what both have in common. */
export interface Pair {
  bull: Side;
  ours: Side;
  script: Script;
  clock: Clock;
  tally: Tally;
}

/** The sides are no longer the same. */
export class Difference extends Error {}

/** Of the operations; the last state is always compared. */
const kCompareEvery = 8;

export class Replay {
  /** Each worker's jobs. */
  readonly held: Held[][] = [[], []];
  /** Every id that has been given, in both queues. */
  readonly ids: string[] = [];
  private tokens = 0;
  private step = 0;
  private operation?: Operation;

  constructor(
    readonly pair: Pair,
    private readonly history: Pick<History, 'workers'> & Partial<History>,
  ) {}

  get now(): number {
    return this.pair.clock.now;
  }

  /** A name that is new in this history. */
  nextName(kind: string): string {
    return `${kind}${++this.tokens}`;
  }

  /** The whole history, from nothing on. */
  async run(): Promise<void> {
    await this.start();
    for (const operation of this.history.operations ?? []) {
      await this.perform(operation);
      if (this.step % kCompareEvery === 0) await this.compare();
    }
    await this.compare();
  }

  async start(): Promise<void> {
    const { bull, ours, clock } = this.pair;
    clock.restart();
    await Promise.all([bull.clear(), ours.clear()]);
  }

  async perform(operation: Operation): Promise<void> {
    this.step++;
    this.operation = operation;
    this.pair.clock.now += 1;
    if (operation.do === 'fetch') await this.fetch(operation.worker, operation.fetch);
    else if (operation.do === 'finish') await this.finish(operation);
    else if (operation.do === 'advance') this.pair.clock.now += operation.ms;
    else if (operation.do === 'compare') await this.compare();
    else await perform(operation, this);
  }

  /** Does the same on both sides, whose results (or errors) have to be the same. */
  async both<T>(what: string, act: (side: Side) => Promise<T>): Promise<T | undefined> {
    const [expected, actual] = await Promise.allSettled([act(this.pair.bull), act(this.pair.ours)]);
    const texts = [expected, actual].map(result =>
      result.status === 'fulfilled' ? JSON.stringify(result.value) : `throws ${String(result.reason)}`,
    );
    if (texts[0] !== texts[1]) this.fail(`${what}: ${texts[1]}, not ${texts[0]}`);
    return expected.status === 'fulfilled' ? expected.value : undefined;
  }

  private fetch(worker: number, fetch: number): Promise<void> {
    return this.batch(worker, { fetch, keepJobs: { count: -1 }, jobs: [] });
  }

  private finish({ worker, picks, fetch, keepJobs, spread, result, odd }: Finish): Promise<void> {
    const mine = this.held[worker];
    const chosen = picks.slice(0, mine.length).map(pick => mine.splice(pick % mine.length, 1)[0]);
    const extra = this.oddJob(worker, chosen, odd);
    if (extra) chosen.splice(odd!.at % (chosen.length + 1), 0, extra);
    const jobs = chosen.map((job, i) => ({
      ...job,
      finishedOn: this.now - spread * (chosen.length - 1 - i),
      result,
    }));
    return this.batch(worker, { fetch, keepJobs, jobs });
  }

  private oddJob(worker: number, chosen: Held[], odd: Finish['odd']): Held | undefined {
    switch (odd?.kind) {
      case 'foreign': {
        const theirs = this.held[1 - worker];
        return theirs.length > 0 ? { ...theirs[odd.at % theirs.length], token: 'not theirs' } : undefined;
      }
      case 'unknown':
        return { id: 'unknown', token: 'any' };
      case 'twice':
        return chosen.length > 0 ? { ...chosen[odd.at % chosen.length] } : undefined;
      case 'stale':
        return chosen.length > 0 ? { ...chosen[odd.at % chosen.length], token: 'stale' } : undefined;
      case undefined:
        return undefined;
    }
  }

  async batch(worker: number, batch: Pick<Batch, 'fetch' | 'keepJobs' | 'jobs' | 'markers'>): Promise<void> {
    const { bull, ours, script, tally } = this.pair;
    const token = this.nextName(`worker ${worker}:`);
    const whole = { ...batch, now: this.now, token, worker: this.history.workers[worker] };
    const [expected, actual] = await settled(
      () => bullBatch(bull, whole),
      () => ourBatch(ours, whole, script),
    );
    if (typeof expected === 'string' || typeof actual === 'string') {
      if (typeof expected !== typeof actual)
        this.fail(`batch\n    expected ${say(expected)}\n    actual   ${say(actual)}`);
      tally.errors++;
      return;
    }
    const difference = outcomeDifference(expected, actual);
    if (difference) this.fail(difference);
    tally.count(expected);
    for (const { id } of expected.fetched) this.held[worker].push({ id, token });
  }

  async compare(): Promise<void> {
    const { bull, ours } = this.pair;
    const [one, other] = await Promise.all([digest(bull.redis), digest(ours.redis)]);
    if (one !== '' && one === other) return;
    const found = differences(...(await Promise.all([snapshot(bull.redis), snapshot(ours.redis)])));
    if (found.length > 0) this.fail(found.join('\n  '));
  }

  private fail(what: string): never {
    throw new Difference(`after operation ${this.step}, ${JSON.stringify(this.operation)}\n  ${what}`);
  }

  parentOptions(id: string): { id: string; queue: string } {
    return { id, queue: this.pair.bull.key('').slice(0, -1) };
  }
}

async function settled<T>(...acts: (() => Promise<T>)[]): Promise<(T | string)[]> {
  const results: (T | string)[] = [];
  for (const act of acts) results.push(await act().catch((error: unknown) => String(error)));
  return results;
}

function say(outcome: Outcome | string): string {
  return typeof outcome === 'string' ? outcome : JSON.stringify(outcome);
}
