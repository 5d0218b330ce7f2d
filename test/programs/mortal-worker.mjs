// An inline and a native worker on one queue, in a process that is killed at any moment.
import { input, say, sleep, subject } from './child.mjs';

const { connection, queue, library } = input;
const options = {
  connection,
  concurrency: 20,
  lockDuration: 1500,
  stalledInterval: 500,
  // However often a job loses its worker, it is done in the end.
  maxStalledCount: 1_000_000,
  drainDelay: 1,
};
const processors = [
  async job => {
    await sleep(job.data % 20);
    return job.data;
  },
  ...(library ? [subject.native(library, 'nap_for')] : []),
];
const workers = processors.map(processor => new subject.Worker(queue, processor, options));
for (const worker of workers) worker.on('error', error => say('error', { message: error.message }));
await Promise.all(workers.map(worker => worker.waitUntilReady()));
say('working');

process.once('SIGTERM', async () => {
  await Promise.all(workers.map(worker => worker.close()));
  say('closed');
});
