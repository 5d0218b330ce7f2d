// Histories made up from a seed: many jobs with options of every kind, flows among them, and, unless the worker is a
// native one, jobs that do things to the queue while they run. No timers, so that the order is determined.
import type { FlowJob, JobsOptions } from 'bullmq';
import { byName, type Replay, type Scenario } from './scenario';

const kNames = ['echo', 'nothing', 'progress', 'log', 'fail', 'flaky', 'unrecoverable'];
const kActs = ['add', 'addFirst', 'addWithPriority', 'remove', 'changePriority', 'promote', 'retry', 'drain', 'log'];

const kKeepCompleted = [undefined, undefined, true, 3, { count: 2 }, { age: 3600, count: 5 }, { age: 7200 }];
// Not by count: a parent may fail in the same ms as its child, and which of the two is older is not determined.
const kKeepFailed = [undefined, undefined, true, { age: 3600 }, { age: 7200 }];

/** mulberry32: small, and the same everywhere. */
class Dice {
  constructor(private state: number) {}

  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  pick<T>(things: readonly T[]): T {
    return things[this.below(things.length)];
  }
}

export function randomHistory(seed: number, lively: boolean): Scenario {
  const dice = new Dice(seed);
  return {
    name: `random history ${seed}${lively ? ', lively' : ''}`,
    worker: {
      name: dice.pick([undefined, 'some worker']),
      removeOnComplete: dice.pick([undefined, undefined, { count: 10 }, { age: 3600 }]),
      removeOnFail: dice.pick([undefined, { age: 3600 }]),
    },
    fill: async replay => {
      const dice = new Dice(seed + 1);
      for (let i = 0; i < 60; i++) await produce(replay, dice, i, lively);
    },
    work: lively
      ? async (job, replay) => {
          for (const act of (job.data as { acts?: string[] }).acts ?? [])
            await perform(act, replay, Number(job.data.i));
          return byName(job);
        }
      : undefined,
  };
}

async function produce(replay: Replay, dice: Dice, i: number, lively: boolean): Promise<void> {
  const name = dice.pick(kNames);
  const data = { i, acts: lively && dice.chance(3) ? [dice.pick(kActs), dice.pick(kActs)] : undefined };
  const opts: JobsOptions = {
    attempts: 1 + dice.below(3),
    lifo: dice.chance(5),
    priority: dice.chance(4) ? dice.below(4) : undefined,
    // So far apart that the order does not depend on when they were added.
    delay: dice.chance(10) ? 3_600_000 + i * 10_000 : undefined,
    jobId: dice.chance(6) ? `custom-${dice.below(8)}` : undefined,
    keepLogs: dice.chance(6) ? 1 : undefined,
    removeOnComplete: dice.pick(kKeepCompleted),
    removeOnFail: dice.pick(kKeepFailed),
  };
  if (dice.chance(8)) {
    await replay.flows.add({
      name,
      queueName: replay.queue.name,
      data,
      opts: { ...opts, jobId: `flow-${i}` },
      children: children(dice, i),
    });
    return;
  }
  if (dice.chance(5)) {
    opts.deduplication = {
      id: `d${dice.below(4)}`,
      ...dice.pick([{}, { ttl: 3_600_000 }, { keepLastIfActive: true }]),
    };
  }
  await replay.queue.add(name, data, opts);
}

function children(dice: Dice, i: number): FlowJob[] {
  return Array.from({ length: 1 + dice.below(3) }, (_, child) => ({
    name: dice.pick(kNames),
    queueName: 'history',
    data: { i, child },
    opts: {
      jobId: `flow-${i}-${child}`,
      attempts: 1 + dice.below(2),
      ...dice.pick([
        {},
        { failParentOnFailure: true },
        { ignoreDependencyOnFailure: true },
        { removeDependencyOnFailure: true },
        { continueParentOnFailure: true },
      ]),
    },
  }));
}

/** Does something to the queue from within a job. Whatever BullMQ refuses, it refuses in both replays. */
async function perform(act: string, { queue }: Replay, i: number): Promise<void> {
  const id = String(1 + (i % 40));
  const job = () => queue.getJob(id);
  switch (act) {
    case 'add':
      return void (await queue.add('echo', { late: i }));
    case 'addFirst':
      return void (await queue.add('log', { late: i }, { lifo: true }));
    case 'addWithPriority':
      return void (await queue.add('flaky', { late: i }, { priority: 1 + (i % 3), attempts: 2 }));
    case 'remove':
      return void (await queue.remove(id).catch(() => undefined));
    case 'changePriority':
      return void (await (await job())?.changePriority({ priority: i % 5 }).catch(() => undefined));
    case 'promote':
      return queue.promoteJobs({ count: 2 });
    case 'retry':
      return void (await (await job())?.retry('failed').catch(() => undefined));
    case 'drain':
      return i % 7 === 0 ? queue.drain() : undefined;
    default:
      return void (await queue.addJobLog(id, `from job ${i}`).catch(() => undefined));
  }
}
