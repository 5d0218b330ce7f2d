// Jobs as bee-queue keeps them. It notes no times.
import BeeQueue from 'bee-queue';

const chunk = 1000;

export default {
  name: 'bee-queue',

  async fill({ host, port }, name, count, data) {
    const queue = new BeeQueue(name, { redis: { host, port }, isWorker: false, getEvents: false, storeJobs: false });
    await queue.ready();
    for (let from = 0; from < count; from += chunk) {
      const indexes = Array.from({ length: Math.min(chunk, count - from) }, (_, i) => from + i);
      const errors = await queue.saveAll(indexes.map(i => queue.createJob(data(i))));
      if (errors.size > 0) throw [...errors.values()][0];
    }
    await queue.close();
  },

  hold: (client, name) => client.rename(`bq:${name}:waiting`, `held:${name}`),

  release: (client, name) => client.rename(`held:${name}`, `bq:${name}:waiting`),

  async progress(client, name) {
    const [done, failed] = await Promise.all(['succeeded', 'failed'].map(set => client.scard(`bq:${name}:${set}`)));
    return { done, failed };
  },
};
