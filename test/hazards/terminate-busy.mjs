// A worker thread is terminated over and over while its native jobs run, report and end; the process ends cleanly.
import { fileURLToPath } from 'node:url';
import { Worker as Thread } from 'node:worker_threads';
import { Queue } from 'bullmq';
import { input, next, say } from '../programs/child.mjs';

const { connection, queue: name, rounds } = input;
const body = fileURLToPath(new URL('../programs/busy-thread.mjs', import.meta.url));
const queues = { spin_for: `${name}-spin`, many_reports: `${name}-reports` };
const open = Object.values(queues).map(queue => new Queue(queue, { connection }));
for (let round = 1; round <= rounds; round++) {
  const data = { ms: 5, count: 50 };
  for (const queue of open) {
    await queue.addBulk(Array.from({ length: 200 }, () => ({ name: 'job', data, opts: { removeOnComplete: true } })));
  }
  const thread = new Thread(body, { workerData: { queues } });
  await next(thread, 'message');
  await thread.terminate();
  for (const queue of open) await queue.obliterate({ force: true });
  say('terminated', { round });
}
await Promise.all(open.map(queue => queue.close()));
say('done', { rounds });
