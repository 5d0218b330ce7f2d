// Workers of one process whose main thread is blocked for `spinFor` ms, far longer than their locks last.
import { Queue } from 'bullmq';
import { input, say, sleep, spin, subject } from './child.mjs';

const { connection, library, lockDuration, spinFor, queues } = input;
const { Worker, native, pool } = subject;
const workers = [];
const errors = [];

function work(queue, processor, concurrency = 1) {
  // Sweeps of its own would hold off those of the watcher: there is one per queue and interval.
  const options = { connection, lockDuration, concurrency, drainDelay: 1, skipStalledCheck: true };
  const worker = new Worker(queue, processor, options);
  worker.on('error', error => errors.push(error.message));
  workers.push(worker);
}

let unblock;
const unblocked = new Promise(resolve => (unblock = resolve));
work(queues.inline, async () => {
  await unblocked;
  return 'inline';
});
if (queues.long) {
  // One thread for each job that is longer than the spin, and two for those that come and go.
  pool.configure({ threads: 4 });
  work(queues.long, native(library, 'nap_for'), 2);
  work(queues.flow, native(library, 'nap_for'), 2);
}

for (const name of [queues.inline, queues.long].filter(Boolean)) {
  const queue = new Queue(name, { connection });
  while ((await queue.getWaitingCount()) > 0) await sleep(5);
  await queue.close();
}
// Before anything is said: the signal may come right after that, and must find the process alive and listening.
process.once('SIGTERM', async () => {
  await Promise.all(workers.map(worker => worker.close()));
  say('closed', { errors });
});
const alive = setInterval(() => undefined, 1000);
process.once('SIGTERM', () => clearInterval(alive));

say('blocked', { at: Date.now() });
spin(spinFor);
say('unblocked', { at: Date.now() });
unblock();
