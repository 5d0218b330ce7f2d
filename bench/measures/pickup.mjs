// How long a job that comes alone waits for its processor: from before it is added until its first instruction.
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { figuresOf } from '../lib/figures.mjs';
import { queuesOf, warmUpInEach } from '../lib/fixture.mjs';
import { completed } from '../lib/measure.mjs';
import { percentile } from '../lib/stats.mjs';

/** From one job to the next, in ms. */
const interval = 5;
/** The system's monotonic clock in µs, which is one for all processes. */
const now = () => Number(process.hrtime.bigint() / 1000n);

export default async function pickup(context) {
  const { askAll, redis, setting } = context;
  const [name] = queuesOf(setting);
  const queue = new Queue(name, { connection: redis.connection });
  try {
    await queue.waitUntilReady();
    const redisBefore = await redis.cpu();
    const before = await askAll('begin');
    const ids = [];
    for (let i = 0; i < setting.jobs; i++) {
      await sleep(interval);
      ids.push((await queue.add('job', { at: now() })).id);
    }
    await completed(context, warmUpInEach(setting) + setting.jobs);
    const [after, redisAfter] = await Promise.all([askAll('end'), redis.cpu()]);
    const waits = await Promise.all(ids.map(id => redis.client.hget(`bull:${name}:${id}`, 'returnvalue')));
    const milliseconds = waits.map(wait => Number(wait) / 1000);
    return {
      pickupP50: percentile(milliseconds, 0.5),
      pickupP99: percentile(milliseconds, 0.99),
      redisCpu: (redisAfter - redisBefore) / setting.jobs,
      ...figuresOf(before, after, setting.jobs),
    };
  } finally {
    await queue.close();
  }
}
