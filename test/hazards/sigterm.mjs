// close() on SIGTERM, in the middle of an inline and a native job: both are finished, those that wait are left.
import { Queue } from 'bullmq';
import { input, nap, say, sleep, subject } from '../programs/child.mjs';

const { connection, queue: name } = input;
const queues = ['inline', 'native'].map(suffix => new Queue(`${name}-${suffix}`, { connection }));
const workers = [job => sleep(job.data.ms), nap()].map((processor, i) => {
  return new subject.Worker(queues[i].name, processor, { connection, concurrency: 2 });
});
process.once('SIGTERM', async () => {
  await Promise.all(workers.map(worker => worker.close()));
  await Promise.all(queues.map(queue => queue.close()));
  say('closed');
});
for (const queue of queues) {
  await queue.addBulk([1, 2, 3, 4, 5].map(() => ({ name: 'job', data: { ms: 700 } })));
  while ((await queue.getActiveCount()) < 2) await sleep(5);
}
say('running');
