// A native processor that throws an int, of which nothing is known but that it was thrown.
import { Queue } from 'bullmq';
import { input, native, next, say, subject } from '../programs/child.mjs';

const { connection, queue: name } = input;
const queue = new Queue(name, { connection });
await queue.addBulk([1, 2].map(() => ({ name: 'job', data: {}, opts: { attempts: 2 } })));
const worker = new subject.Worker(
  name,
  native('throws_int', () => Promise.reject(42)),
  { connection, drainDelay: 1 },
);
worker.on('error', () => undefined);
for (let failures = 0; failures < 4; failures++) await next(worker, 'failed');
const jobs = await queue.getFailed();
say('done', { reasons: jobs.map(job => job.failedReason ?? null), attempts: jobs.map(job => job.attemptsMade) });
await worker.close();
await queue.close();
