// Jobs as Celery keeps them: messages in a list, results as keys in another database. It notes no times.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';

/** The database of the results, as in `peers/python/celery_worker.py`. */
const results = 1;

/** A message in Celery's protocol, version 2. */
function message(queue, data) {
  const id = randomUUID();
  const body = [[data], {}, { callbacks: null, errbacks: null, chain: null, chord: null }];
  return JSON.stringify({
    body: Buffer.from(JSON.stringify(body)).toString('base64'),
    'content-encoding': 'utf-8',
    'content-type': 'application/json',
    headers: { lang: 'py', task: 'noop', id, root_id: id, retries: 0, timelimit: [null, null], ignore_result: false },
    properties: {
      correlation_id: id,
      delivery_mode: 2,
      delivery_info: { exchange: '', routing_key: queue },
      priority: 0,
      body_encoding: 'base64',
      delivery_tag: randomUUID(),
    },
  });
}

export default {
  name: 'celery',

  async fill(connection, queue, count, data) {
    const client = new Redis(connection);
    for (let i = 0; i < count; i++) client.lpush(queue, message(queue, data(i)));
    await client.quit();
  },

  hold: (client, queue) => client.rename(queue, `held:${queue}`),

  release: (client, queue) => client.rename(`held:${queue}`, queue),

  async progress(client) {
    const replies = await client.multi().select(results).dbsize().select(0).exec();
    return { done: replies[1][1], failed: 0 };
  },
};
