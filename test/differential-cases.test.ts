// What random histories rarely come to, through BullMQ's scripts and through ours.
import { bullBatch, ourBatch } from './differential/batch';
import { kMinute } from './differential/durations';
import { addMany, fetch, finish, HandWritten, kKeepAll, kWorker } from './differential/hand-written';
import type { Replay } from './differential/replay';
import type { Side } from './differential/side';
import { differences, snapshot } from './differential/snapshot';

const written = new HandWritten();

describe('many delayed jobs that are due', () => {
  it('one at a time, as BullMQ', async () => {
    const replay = await written.begin();
    await addMany(replay, 2300, () => ({ delay: 5 }));
    await replay.perform({ do: 'advance', ms: 10 });
    await fetch(replay, 1);
    for (let i = 0; i < 3; i++) await finish(replay, { fetch: 1 });
    expect(replay.held[0]).toHaveLength(1);
  });

  it('of many priorities, one at a time', async () => {
    const replay = await written.begin();
    await addMany(replay, 1200, i => ({ delay: 5, priority: i % 3 }));
    await replay.perform({ do: 'advance', ms: 10 });
    for (let i = 0; i < 3; i++) await fetch(replay, 1);
    await replay.compare();
  });

  it('many at a time: the same jobs in the same order, promoted a call later', async () => {
    const replay = await written.begin();
    await addMany(replay, 2300, () => ({ delay: 5 }));
    await replay.perform({ do: 'advance', ms: 10 });
    const request = { now: replay.now, fetch: 64, worker: kWorker, keepJobs: kKeepAll, jobs: [] };
    for (const token of ['first', 'second', 'third']) {
      const expected = await bullBatch(written.pair.bull, { ...request, token });
      const actual = await ourBatch(written.pair.ours, { ...request, token }, written.pair.script);
      expect(actual.fetched).toHaveLength(64);
      expect(actual.fetched).toEqual(expected.fetched);
    }
    const [expected, actual] = [await snapshot(written.pair.bull.redis), await snapshot(written.pair.ours.redis)];
    for (const data of [expected, actual]) (data.get('bull:q:events')!.value as string[]).sort();
    expect(differences(expected, actual)).toEqual([]);
  });

  it('in a paused queue', async () => {
    const replay = await written.begin();
    await addMany(replay, 1200, () => ({ delay: 5 }));
    await replay.perform({ do: 'pause' });
    await replay.perform({ do: 'advance', ms: 10 });
    await fetch(replay, 5);
    await replay.compare();
  });
});

describe('jobs that end in another order than they began', () => {
  /** @param picks which of the worker's jobs, each from those that are left */
  async function finishPicks(replay: Replay, picks: number[], fetchMore = 0): Promise<void> {
    const batch = { worker: 0, picks, fetch: fetchMore, keepJobs: kKeepAll, spread: 0, result: '1' };
    await replay.perform({ do: 'finish', ...batch });
    await replay.compare();
  }

  async function begin(jobs: number): Promise<Replay> {
    const replay = await written.begin();
    await addMany(replay, jobs + 50);
    await fetch(replay, jobs);
    return replay;
  }

  it.each([2, 3, 8, 64])('%d, the last ones to begin, of 300', async count => {
    const replay = await begin(300);
    await finishPicks(
      replay,
      Array.from({ length: count }, () => 299),
      20,
    );
  });

  it.each([2, 8, 64])('%d, here and there, of 300', async count => {
    const replay = await begin(300);
    await finishPicks(
      replay,
      Array.from({ length: count }, (_, i) => (i * 97) % 236),
      20,
    );
    await finishPicks(
      replay,
      Array.from({ length: count }, (_, i) => (i * 31) % 150),
    );
  });

  it('all of them, the first ones last', async () => {
    const replay = await begin(64);
    await finishPicks(
      replay,
      Array.from({ length: 64 }, (_, i) => 63 - i),
    );
  });

  it('when one of them stands in active twice', async () => {
    const replay = await begin(12);
    await replay.both('twice', side => side.redis.linsert(side.key('active'), 'AFTER', '12', '3'));
    await finishPicks(replay, [0, 0, 0, 0]);
    await finishPicks(replay, [0, 0]);
  });
});

describe('markers of versions before 5 among the ids', () => {
  const push = (replay: Replay, command: 'rpush' | 'lpush', marker: string) =>
    replay.both('marker', side => side.redis[command](side.key('wait'), marker));

  it.each(['0:0', '0:1750000000500'])('%s, first in line', async marker => {
    const replay = await written.begin();
    await addMany(replay, 5);
    await push(replay, 'rpush', marker);
    await fetch(replay, 3);
    await replay.compare();
    expect(replay.held[0].map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it.each(['0:0', '0:1750000000500'])('%s, last in line', async marker => {
    const replay = await written.begin();
    await addMany(replay, 3);
    await push(replay, 'lpush', marker);
    await addMany(replay, 3, () => ({ priority: 1 }));
    await fetch(replay, 5);
    await replay.compare();
    expect(replay.held[0].map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('alone', async () => {
    const replay = await written.begin();
    await addMany(replay, 1, () => ({ delay: kMinute }));
    for (const count of [1, 4]) {
      await push(replay, 'rpush', '0:1750000000500');
      await fetch(replay, count);
      await replay.compare();
    }
  });

  it.each([1, 4])('on the way from completed jobs to the next %i', async count => {
    const replay = await written.begin();
    await addMany(replay, 8);
    await fetch(replay, 2);
    await push(replay, 'rpush', '0:1750000000500');
    const jobs = replay.held[0].splice(0).map(job => ({ ...job, finishedOn: replay.now, result: '1' }));
    await replay.batch(0, { fetch: count, keepJobs: kKeepAll, jobs, markers: true });
    await replay.compare();
    expect(replay.held[0]).toHaveLength(count);
  });
});

describe('fields and values', () => {
  it('a result of 1 MB', async () => {
    const replay = await written.begin();
    await addMany(replay, 3);
    await fetch(replay, 2);
    await finish(replay, { jobs: 2, fetch: 1, result: JSON.stringify('ü'.repeat(1 << 19)) });
  });

  it('ids of all kinds', async () => {
    const replay = await written.begin();
    const ids = ['007', '1e3', '-1x', 'ü ✓', ' ', 'a b', '9007199254740993x', 'repeat:x:1', 'nan', undefined];
    await addMany(replay, ids.length, i => ({ jobId: ids[i] }));
    await fetch(replay, 4);
    await finish(replay, { jobs: 4, fetch: 10 });
    await finish(replay, { jobs: 6, keepJobs: { count: 2 } });
    expect(replay.held[0]).toHaveLength(0);
  });

  it('the name of another worker, and attempts that others have begun', async () => {
    const replay = await written.begin({ name: 'one' }, { name: 'two' });
    await addMany(replay, 2, () => ({ attempts: 3 }));
    for (const worker of [0, 1, 0]) {
      await fetch(replay, 2, worker);
      await replay.perform({ do: 'fail', worker, pick: 0, final: false });
      await replay.perform({ do: 'loseLock', worker, pick: 0 });
      for (let i = 0; i < 2; i++) await replay.perform({ do: 'sweep' });
      replay.held[worker].length = 0;
      await replay.compare();
    }
    await fetch(replay, 2, 1);
    await finish(replay, { jobs: 2, worker: 1 });
  });

  it('atm and ats as numbers in other notations', async () => {
    const replay = await written.begin();
    await addMany(replay, 2);
    await replay.both('fields', side => side.redis.hset(side.key('1'), 'ats', 2 ** 40, 'atm', 2 ** 40));
    await fetch(replay, 2);
    await finish(replay, { jobs: 2 });
  });

  it('a queue without meta, and one with another maxLenEvents', async () => {
    const replay = await written.begin();
    await addMany(replay, 4);
    await fetch(replay, 2);
    await replay.both('no meta', side => side.redis.del(side.key('meta')));
    await finish(replay, { fetch: 1 });
    await replay.perform({ do: 'maxLenEvents', value: 4000 });
    await finish(replay, { fetch: 1 });
  });

  it('events of many jobs, trimmed', async () => {
    const replay = await written.begin();
    await addMany(replay, 200);
    await replay.perform({ do: 'maxLenEvents', value: 10 });
    await fetch(replay, 64);
    for (let i = 0; i < 3; i++) await finish(replay, { jobs: 64, fetch: 64 });
    const lengths = [written.pair.bull, written.pair.ours].map(side => side.redis.xlen(side.key('events')));
    expect(Math.max(...(await Promise.all(lengths)))).toBeLessThan(500);
  });
});

describe('relations', () => {
  it.each(['fpof', 'none'] as const)('a child that has failed while its parent is active: %s', async failure => {
    const replay = await written.begin();
    await addMany(replay, 1);
    await fetch(replay, 1);
    await replay.perform({ do: 'addChild', worker: 0, parent: 0, failure });
    await fetch(replay, 1, 1);
    await replay.perform({ do: 'fail', worker: 1, pick: 0, final: true });
    await finish(replay);
  });

  it('a job that gets a parent while it is active', async () => {
    const replay = await written.begin();
    for (const jobId of ['one', 'two']) await replay.perform({ do: 'add', options: { jobId } });
    await fetch(replay, 2);
    await replay.perform({ do: 'adopt', child: 0, parent: 1 });
    await finish(replay, { jobs: 2 });
  });
});

describe('limits', () => {
  const limiter = { max: 2, duration: 60 * kMinute };
  const set = (replay: Replay, change: (side: Side) => Promise<unknown>) => replay.both('limiter', change);

  it.each([1, 2, 5])('of the worker, %i at a time', async count => {
    const replay = await written.begin({ limiter });
    await addMany(replay, 10);
    await fetch(replay, count);
    for (let i = 0; i < 4; i++) {
      if (i === 2) await replay.perform({ do: 'forgetLimit' });
      await finish(replay, { jobs: 1, fetch: count });
    }
  });

  it('whose key has no end', async () => {
    const replay = await written.begin({ limiter });
    await addMany(replay, 10);
    await set(replay, side => side.redis.set(side.key('limiter'), 100));
    await fetch(replay, 3);
    await finish(replay, { jobs: 2, fetch: 3 });
    expect(replay.held[0]).toHaveLength(4);
  });

  it('whose key is not a number of this worker', async () => {
    const replay = await written.begin();
    await addMany(replay, 5);
    await set(replay, side => side.queue.rateLimit(60 * kMinute));
    await fetch(replay, 2);
    await finish(replay, { jobs: 2, fetch: 2 });
  });

  it("the queue's before the worker's", async () => {
    const replay = await written.begin({ limiter: { max: 5, duration: 30 * kMinute } });
    await addMany(replay, 10);
    await replay.perform({ do: 'rateLimit', value: limiter });
    await fetch(replay, 4);
    await finish(replay, { jobs: 1, fetch: 3 });
    expect(replay.held[0]).toHaveLength(1);
  });

  it('and a concurrency that is reached', async () => {
    const replay = await written.begin({ limiter: { max: 20, duration: 30 * kMinute } });
    await addMany(replay, 10);
    await replay.perform({ do: 'concurrency', value: 3 });
    await fetch(replay, 5);
    expect(replay.held[0]).toHaveLength(3);
    await finish(replay, { jobs: 2, fetch: 5 });
    expect(replay.held[0]).toHaveLength(3);
  });
});
