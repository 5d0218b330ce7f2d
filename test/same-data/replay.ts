// Replays a scenario in a database of its own and returns what the database holds in the end, as text.
import { FlowProducer, Queue, type Worker, type WorkerOptions, type Processor } from 'bullmq';
import type { RedisServer } from '../support/redis';
import { sleep } from '../support/wait';
import { byName, type Replay, type Scenario } from './scenario';
import { snapshot } from './snapshot';

export interface Player {
  Worker: typeof Worker;
  /** Redis's number of the database. */
  db: number;
  /** Instead of the scenario's own: a native processor that does the same. */
  processor?: object;
}

const kQueue = 'history';
/** ms */
const kDeadline = 25_000;
/** ms; no two jobs finish in the same one, so that it is determined which are the oldest. */
const kJobTime = 2;
/** ms; what is due later than this is not waited for. */
const kHorizon = 60_000;

export async function replay(server: RedisServer, scenario: Scenario, player: Player): Promise<string> {
  const connection = { ...server.connection, db: player.db };
  const redis = server.connect({ db: player.db });
  await redis.flushdb();
  const { prefix } = scenario.queue ?? {};
  const queue = new Queue(kQueue, { connection, ...scenario.queue });
  const flows = new FlowProducer({ connection, prefix });
  const record: string[] = [];
  const context = { queue, flows, redis } as Replay;
  context.record = async label => void record.push(`--- ${label}\n${await snapshot(redis, scenario.events)}`);
  const errors: Error[] = [];
  try {
    await scenario.fill(context);
    const work = scenario.work ?? byName;
    const inline: Processor = async (job, token) => {
      await sleep(kJobTime);
      return work(job, context, token!);
    };
    // BullMQ's close() waits for a rate limit's delay that begins at the same moment: it must not be a long one.
    const delays = { drainDelay: 1, maximumRateLimitDelay: 500 };
    const options = { connection, prefix, ...delays, ...scenario.worker, concurrency: 1, autorun: false };
    const worker = new player.Worker(kQueue, (player.processor ?? inline) as Processor, options as WorkerOptions);
    context.worker = worker;
    const { engine = 'native', engineReason = '' } = worker as { engine?: string; engineReason?: string };
    if (engine !== 'native') throw new Error(`not the worker under test but BullMQ's own loop ran: ${engineReason}`);
    worker.on('error', error => errors.push(error));
    const running = worker.run();
    try {
      await scenario.meanwhile?.(context);
      const over = scenario.until ? () => scenario.until!(context) : () => isSettled(context);
      await eventually(over, async () => `${scenario.name} to end\n${await snapshot(redis, scenario.events)}`);
    } finally {
      await worker.close();
      await running;
    }
    await context.record('at the end');
    record.push(...errors.map(error => `--- error event: ${error.message}`));
    return record.join('\n');
  } finally {
    await Promise.allSettled([queue.close(), flows.close()]);
    redis.disconnect();
  }
}

async function eventually(condition: () => Promise<boolean>, what: () => Promise<string>): Promise<void> {
  const end = Date.now() + kDeadline;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${kDeadline} ms in vain for ${await what()}`);
    await sleep(5);
  }
}

/** Nothing waits, nothing runs, nothing is due soon, and the worker has taken notice of that. */
export async function isSettled({ queue, redis }: Replay): Promise<boolean> {
  const key = (name: string) => queue.toKey(name);
  const answers = await redis
    .multi()
    .llen(key('wait'))
    .llen(key('active'))
    .zcard(key('prioritized'))
    .zcount(key('delayed'), '-inf', (Date.now() + kHorizon) * 4096)
    .exists(key('limiter'))
    // The worker takes the markers when it finds the queue empty.
    .zcard(key('marker'))
    .exec();
  return answers!.every(([, value]) => Number(value) === 0);
}
