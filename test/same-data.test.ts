// The same history, worked once by BullMQ's Worker and once by the one under test, leaves the same data in Redis.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from 'aurochs';
import { Worker as BullWorker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { deduplication } from './same-data/deduplication';
import { failures } from './same-data/failures';
import { flows } from './same-data/flows';
import { limits } from './same-data/limits';
import { ordering } from './same-data/ordering';
import { randomHistory } from './same-data/random';
import { replay, type Player } from './same-data/replay';
import { retention } from './same-data/retention';
import { named, type Scenario } from './same-data/scenario';
import { schedulers } from './same-data/schedulers';
import { values } from './same-data/values';
import { compile } from './support/compile';
import { startRedis, type RedisServer } from './support/redis';
import { RecordedTelemetry } from './support/spans';
import { isAurochs, Worker } from './support/subject';

const topics = { ordering, failures, flows, retention, deduplication, schedulers, limits, values };
const seeds = Array.from({ length: 8 }, (_, i) => 1000 + i);

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** Both histories; once more when a minute passed between or during them, since metrics count by the minute. */
async function both(scenario: Scenario, player: Partial<Player> = {}): Promise<[actual: string, expected: string]> {
  for (;;) {
    const minute = Math.floor(Date.now() / 60_000);
    const expected = await replay(server, scenario, { Worker: BullWorker, db: 1 });
    const actual = await replay(server, scenario, { Worker, db: 2, ...player });
    if (!scenario.worker?.metrics || minute === Math.floor(Date.now() / 60_000)) return [actual, expected];
  }
}

/** The worker then makes BullMQ's spans, and leaves their context in the jobs. */
function withTelemetry(scenario: Scenario): Scenario {
  return { ...scenario, worker: { ...scenario.worker, telemetry: new RecordedTelemetry() } };
}

describe.each(Object.entries(topics))('%s', (_, scenarios) => {
  it.each(scenarios.map(scenario => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const [actual, expected] = await both(scenario);
    expect(actual).toBe(expected);
  });
});

describe('made up', () => {
  it.each(seeds)('from seed %i', async seed => {
    const [actual, expected] = await both(randomHistory(seed, false));
    expect(actual).toBe(expected);
  });

  it.each(seeds)('from seed %i, with jobs that change the queue', async seed => {
    const [actual, expected] = await both(randomHistory(seed, true));
    expect(actual).toBe(expected);
  });
});

it.each([failures, flows, limits].flat().map(scenario => [scenario.name, scenario] as const))(
  'with telemetry: %s',
  async (_, scenario) => {
    const [actual, expected] = await both(withTelemetry(scenario));
    expect(actual).toBe(expected);
  },
);

if (isAurochs) {
  describe('with a native processor', () => {
    let processor: object;
    beforeAll(() => {
      const source = readFileSync(join(__dirname, 'same-data', 'processors.c'), 'utf8');
      processor = native(compile(source, { name: 'by_name', language: 'c' }));
    });

    const plain = Object.values(topics).flatMap(scenarios => scenarios.filter(scenario => !scenario.work));
    it.each(plain.map(scenario => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
      const [actual, expected] = await both(scenario, { processor });
      expect(actual).toBe(expected);
    });

    it.each(seeds)('made up from seed %i', async seed => {
      const [actual, expected] = await both(randomHistory(seed, false), { processor });
      expect(actual).toBe(expected);
    });

    it('made up, with telemetry', async () => {
      const [actual, expected] = await both(withTelemetry(randomHistory(1, false)), { processor });
      expect(actual).toBe(expected);
    });
  });
}

describe('the comparison notices', () => {
  const history: Scenario = { name: 'history', fill: ({ queue }) => queue.addBulk(named('echo', 'fail', 'log')) };

  const kDb = 2;
  const key = (name = '') => `bull:history${name && ':'}${name}`;
  const changes: Record<string, (redis: Redis, id: string) => Promise<unknown>> = {
    'a field too many': (redis, id) => redis.hset(key(id), 'stc', 0),
    'a field that is missing': (redis, id) => redis.hdel(key(id), 'ats'),
    'another value': (redis, id) => redis.hset(key(id), 'name', 'another'),
    'an event more': redis => redis.xadd(key('events'), '*', 'event', 'drained'),
    'a key more': (redis, id) => redis.sadd(key('stalled-too'), id),
    'a key less': redis => redis.del(key('stalled-check')),
    'an expiry': redis => redis.expire(key('events'), 1000),
    'another expiry': redis => redis.pexpire(key('stalled-check'), 50_000),
    'another type': redis => redis.del(key('stalled-check')).then(() => redis.sadd(key('stalled-check'), Date.now())),
    'another order': redis => redis.lmove(key('wait'), key('wait'), 'RIGHT', 'LEFT'),
  };

  /** BullMQ's worker, while whose first job something else happens to the data. */
  function disturbed(change: (id: string) => Promise<unknown>): typeof BullWorker {
    return class extends BullWorker {
      constructor(name: string, processor: any, options: any) {
        const disturb = async (job: Job, token?: string) => {
          if (job.id === '1') await change(job.id);
          return processor(job, token);
        };
        super(name, disturb, options);
      }
    };
  }

  it.each(Object.entries(changes))('%s', async (_, change) => {
    const redis = server.connect({ db: kDb });
    let changed = 0;
    const Disturbed = disturbed(async id => {
      await change(redis, id);
      changed++;
    });
    const [actual, expected] = await both(history, { Worker: Disturbed, db: kDb });
    redis.disconnect();
    expect(changed).toBe(1);
    expect(actual).not.toBe(expected);
  });

  it('nothing where nothing differs', async () => {
    const [actual, expected] = await both(history, { Worker: disturbed(async () => undefined), db: kDb });
    expect(actual).toBe(expected);
  });
});
