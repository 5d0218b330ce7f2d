// Workers made and closed over and over: threads and file descriptors must not add up.
import { readdirSync } from 'node:fs';
import { Queue } from 'bullmq';
import { input, nap, say, sleep, subject } from '../programs/child.mjs';

const { connection, queue: name, times } = input;
const queue = new Queue(name, { connection });
await queue.waitUntilReady();
const count = () => ({ threads: readdirSync('/proc/self/task').length, files: readdirSync('/proc/self/fd').length });

async function cycle(i) {
  const worker = new subject.Worker(name, i % 2 ? nap() : async () => undefined, { connection, drainDelay: 1 });
  const closing = i % 5;
  if (closing === 1) await worker.waitUntilReady();
  if (closing >= 2) {
    const done = (await queue.getCompletedCount()) + 1;
    await queue.add('job', { ms: 1 });
    while ((await queue.getCompletedCount()) < done) await sleep(1);
  }
  await worker.close(closing === 4);
}

for (let i = 0; i < 20; i++) await cycle(i);
await sleep(100);
const before = count();
for (let i = 0; i < times; i++) await cycle(i);
// Sockets that were closed by force go in their own time.
let after = count();
for (let i = 0; i < 100 && (after.files > before.files || after.threads > before.threads); i++) {
  await sleep(20);
  after = count();
}
await queue.close();
say('done', { before, after });
