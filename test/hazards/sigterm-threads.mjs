// close() on SIGTERM while threads spin: shutdownTimeout puts their jobs back to wait, and the process ends.
import { Queue } from 'bullmq';
import { input, say, sleep, subject } from '../programs/child.mjs';

const { connection, queue: name, processor } = input;
const queue = new Queue(name, { connection });
const worker = new subject.Worker(name, processor, { connection, concurrency: 3, shutdownTimeout: 100 });
worker.on('error', error => say('error', { message: error.message }));
process.once('SIGTERM', async () => {
  await worker.close();
  say('closed', await queue.getJobCounts('active', 'wait', 'completed', 'failed'));
  await queue.close();
});
const forever = { name: 'forever', data: {} };
await queue.addBulk([forever, forever, { name: 'sleep', data: { ms: 600 } }]);
while ((await queue.getActiveCount()) < 3) await sleep(5);
say('running');
