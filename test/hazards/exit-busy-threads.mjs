// process.exit() in the main thread while JavaScript threads spin, report without a pause, and wait.
import { Queue } from 'bullmq';
import { input, next, say, sleep, subject } from '../programs/child.mjs';

const { connection, queue: name, processor } = input;
const queue = new Queue(name, { connection });
await queue.addBulk([
  { name: 'forever', data: {} },
  { name: 'report', data: { times: 1_000_000 } },
  { name: 'never', data: {} },
]);
const worker = new subject.Worker(name, processor, { connection, concurrency: 3 });
const progress = next(worker, 'progress');
while ((await queue.getActiveCount()) < 3) await sleep(5);
await progress;
say('running');
process.exit(5);
