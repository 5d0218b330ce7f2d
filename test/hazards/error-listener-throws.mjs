// An 'error' listener that throws: the worker goes on.
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { input, next, say, subject } from '../programs/child.mjs';

const { connection, queue: name } = input;
const queue = new Queue(name, { connection });
const client = new Redis(connection);
await queue.addBulk(['loses its lock', 'is fine', 'loses its lock', 'is fine'].map(name => ({ name, data: {} })));
const processor = async job => {
  if (job.name !== 'is fine') await client.del(`${queue.toKey(job.id)}:lock`);
  return job.name;
};
const worker = new subject.Worker(name, processor, { connection, drainDelay: 1, autorun: false });
let errors = 0;
worker.on('error', () => {
  errors++;
  throw new Error('from the listener');
});
const running = worker.run();
for (let completed = 0; completed < 2; completed++) await next(worker, 'completed');
await worker.close();
await running;
await queue.close();
client.disconnect();
say('done', { errors });
