// Jobs that are removed when others are completed, and metrics, in large batches and with times that random histories
// rarely have: through BullMQ's scripts and through ours.
import { kMinute, kSecond } from './differential/durations';
import { addMany, fetch, finish, HandWritten, kKeepAll } from './differential/hand-written';
import type { KeepJobs } from './differential/operation';
import type { Replay } from './differential/replay';

const written = new HandWritten();

const completed = (replay: Replay) => replay.both('completed', side => side.redis.zcard(side.key('completed')));

describe('batches of 64', () => {
  it.each<KeepJobs>([
    kKeepAll,
    { count: 0 },
    { count: 3 },
    { count: 100 },
    { age: 1, count: 20 },
    { age: 0, limit: 7 },
  ])('that keep %j', async keepJobs => {
    const replay = await written.begin({ name: 'worker', metrics: 5 });
    await addMany(replay, 200, i => ({ priority: i % 5 === 0 ? 1 + (i % 3) : undefined, lifo: i % 7 === 0 }));
    await fetch(replay, 64);
    for (const spread of [0, 0, 2 * kSecond, 100]) await finish(replay, { jobs: 64, fetch: 64, keepJobs, spread });
    expect(replay.held[0]).toHaveLength(0);
    expect(await replay.both('active', side => side.redis.llen(side.key('active')))).toBe(0);
  });
});

describe('removal', () => {
  it('of more than the batch keeps', async () => {
    const replay = await written.begin();
    await addMany(replay, 30);
    await fetch(replay, 30);
    await finish(replay, { jobs: 10 });
    await finish(replay, { jobs: 10, keepJobs: { count: 3 } });
    expect(await completed(replay)).toBe(3);
  });

  it.each<KeepJobs>([{ age: 10, limit: 2 }, { age: 10, limit: 2, count: 4 }, { age: 10, limit: 1000 }, { age: 0.5 }])(
    'by age where many are old: %j',
    async keepJobs => {
      const replay = await written.begin();
      await addMany(replay, 40);
      await fetch(replay, 40);
      await finish(replay, { jobs: 20, spread: 4 * kSecond });
      for (const spread of [0, 7 * kSecond]) await finish(replay, { jobs: 5, keepJobs, spread });
      expect(await completed(replay)).toBeLessThan(30);
    },
  );

  it('by age where a clock was set back within the batch', async () => {
    const replay = await written.begin();
    await addMany(replay, 3);
    await fetch(replay, 3);
    const ages = [50, 0, 90];
    const jobs = replay.held[0].map((job, i) => ({ ...job, finishedOn: replay.now - ages[i], result: '1' }));
    await replay.batch(0, { fetch: 0, keepJobs: kKeepAll, jobs: jobs.slice(0, 1) });
    await replay.batch(0, { fetch: 0, keepJobs: { age: 0.02 }, jobs: jobs.slice(1) });
    await replay.compare();
    expect(await completed(replay)).toBe(2);
  });

  it('of more jobs than fit on a stack', async () => {
    const replay = await written.begin();
    await replay.both('fill', async side => {
      const pipeline = side.redis.pipeline();
      for (let i = 0; i < 11_000; i++) {
        pipeline.hset(`bull:q:old${i}`, 'name', 'old', 'timestamp', i).zadd(side.key('completed'), i, `old${i}`);
      }
      await pipeline.exec();
    });
    await addMany(replay, 3);
    await fetch(replay, 3);
    await finish(replay, { jobs: 1, keepJobs: { age: 1, limit: 9000 } });
    expect(await completed(replay)).toBe(2001);
    await finish(replay, { jobs: 2, keepJobs: { count: 2 } });
    expect(await completed(replay)).toBe(2);
  });

  it.each(['q', 'elsewhere'])('of old jobs that still keep a parent in %s waiting', async queue => {
    const replay = await written.begin();
    await addMany(replay, 3);
    await fetch(replay, 2);
    await finish(replay, { jobs: 1 });
    await replay.both('a parent', async side => {
      const { redis } = side;
      const parent = `bull:${queue}:parent`;
      await redis.hset(parent, 'name', 'parent', 'timestamp', 1);
      await redis.zadd(`bull:${queue}:waiting-children`, 1, 'parent');
      await redis.sadd(`${parent}:dependencies`, side.key('1'));
      await redis.hset(side.key('1'), 'parentKey', parent);
    });
    await finish(replay, { jobs: 1, fetch: 2, keepJobs: { count: 1 } });
    expect(await replay.both('wait', side => side.redis.llen(`bull:${queue}:wait`))).toBe(queue === 'q' ? 0 : 1);
  });
});

describe('metrics', () => {
  it.each([1, 3, 10])('of size %i, with gaps', async metrics => {
    const replay = await written.begin({ metrics });
    await addMany(replay, 60);
    await fetch(replay, 60);
    for (const [jobs, gap] of [
      [3, 1],
      [1, 5 * kMinute],
      [4, 40 * kMinute],
      [2, kMinute],
      [1, 0],
    ]) {
      await finish(replay, { jobs });
      await replay.perform({ do: 'advance', ms: gap });
    }
    await replay.perform({ do: 'advance', ms: 60 * kMinute });
    for (const spread of [61 * kSecond, 20 * kSecond, 3 * kMinute]) await finish(replay, { jobs: 10, spread });
  });

  it('of jobs that ended before the last that was counted', async () => {
    const replay = await written.begin({ metrics: 5 });
    await addMany(replay, 6);
    await fetch(replay, 6);
    await finish(replay, { jobs: 2 });
    written.pair.clock.now -= 10 * kMinute;
    await finish(replay, { jobs: 4, spread: kMinute });
  });
});
