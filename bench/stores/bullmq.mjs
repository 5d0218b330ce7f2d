// Jobs as BullMQ keeps them.
import { Queue } from 'bullmq';

/** How many jobs, and about how many bytes of data, are added at once. */
const most = 1000;
const mostBytes = 4e6;

const held = name => `held:${name}`;

/** Copies the first job, its data included: behind the others, with the ids that follow. */
const repeatScript = `
local queue, count = KEYS[1], tonumber(ARGV[1])
local job = redis.call('HGETALL', queue .. ':1')
for _ = 1, count do
  local id = redis.call('INCR', queue .. ':id')
  redis.call('HSET', queue .. ':' .. id, unpack(job))
  redis.call('LPUSH', queue .. ':wait', id)
end`;

export default {
  name: 'bullmq',

  async fill(connection, name, count, data, opts) {
    const queue = new Queue(name, { connection });
    const size = count ? JSON.stringify(data(0)).length : 1;
    const chunk = Math.max(1, Math.min(most, Math.floor(mostBytes / size)));
    for (let from = 0; from < count; from += chunk) {
      const indexes = Array.from({ length: Math.min(chunk, count - from) }, (_, i) => from + i);
      await queue.addBulk(indexes.map(i => ({ name: 'job', data: data(i), opts })));
    }
    await queue.close();
  },

  /** Adds `count` jobs more, much faster than one by one. */
  async repeat(client, name, count) {
    for (let left = count; left > 0; left -= 10_000) {
      await client.eval(repeatScript, 1, `bull:${name}`, Math.min(left, 10_000));
    }
  },

  /** Takes the waiting jobs aside. */
  hold: (client, name) => client.rename(`bull:${name}:wait`, held(name)),

  /** Lets them wait again; the marker wakes a worker, which wakes the others. */
  release: (client, name) =>
    client.multi().rename(held(name), `bull:${name}:wait`).zadd(`bull:${name}:marker`, 0, '0').exec(),

  async progress(client, name) {
    const [done, failed] = await Promise.all(['completed', 'failed'].map(set => client.zcard(`bull:${name}:${set}`)));
    return { done, failed };
  },

  /** The first released job's start and the end of the `count`-th job that was completed, as the worker noted them: ms. */
  async times(client, name, count) {
    const started = Number(await client.hget(`bull:${name}:1`, 'processedOn'));
    const [, finished] = await client.zrange(`bull:${name}:completed`, count - 1, count - 1, 'WITHSCORES');
    return { started, finished: Number(finished) };
  },
};
