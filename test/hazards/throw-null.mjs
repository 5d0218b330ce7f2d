// Processors that throw null and undefined, at once and in a promise; the worker goes on to the next job.
import { Queue } from 'bullmq';
import { input, say, sleep, subject } from '../programs/child.mjs';

const { connection, queue: name } = input;
const queue = new Queue(name, { connection });
const thrown = { null: null, undefined: undefined };
await queue.addBulk(
  ['null', 'undefined', 'null at once', 'undefined at once', 'last'].map(name => ({
    name,
    data: {},
    opts: { attempts: 1 },
  })),
);
const processor = job => {
  const [value, at] = job.name.split(' ');
  if (at) throw thrown[value];
  return value in thrown ? Promise.reject(thrown[value]) : 'done';
};
// A job whose failure could not be stored is recovered as stalled, and fails then.
const options = { connection, drainDelay: 1, lockDuration: 300, stalledInterval: 200, maxStalledCount: 0 };
const worker = new subject.Worker(name, processor, options);
worker.on('error', () => undefined);
const counts = () => queue.getJobCounts('completed', 'failed', 'active', 'wait');
while ((await queue.getCompletedCount()) + (await queue.getFailedCount()) < 5) await sleep(10);
say('done', await counts());
await worker.close();
await queue.close();
