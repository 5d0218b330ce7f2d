// BullMQ's own workers, which watch for stalled jobs every 300 ms and take over what they find.
import { Worker } from 'bullmq';
import { input, say } from './child.mjs';

const { connection, queues } = input;
const stalledInterval = 300;
const workers = [];

// With nothing waiting, a worker gets only what another one has lost.
for (const queue of queues.takeOver) {
  const take = async job => say('stolen', { queue, id: job.id });
  workers.push(new Worker(queue, take, { connection, stalledInterval, drainDelay: 1 }));
}
// Where jobs come and go, this one must not take them: it only sweeps.
for (const queue of queues.sweep) {
  const worker = new Worker(queue, null, { connection, stalledInterval });
  await worker.startStalledCheckTimer();
  workers.push(worker);
}
for (const worker of workers) worker.on('stalled', id => say('stalled', { queue: worker.name, id }));
await Promise.all(workers.map(worker => worker.waitUntilReady()));
say('watching');

process.once('SIGTERM', async () => {
  await Promise.all(workers.map(worker => worker.close()));
  say('closed');
});
