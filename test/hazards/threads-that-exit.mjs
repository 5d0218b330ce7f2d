// Worker threads that end from within a callback, one after the other; the process and its own workers go on.
import { fileURLToPath } from 'node:url';
import { Worker as Thread } from 'node:worker_threads';
import { Queue } from 'bullmq';
import { input, nap, next, say, subject } from '../programs/child.mjs';
import { places } from '../programs/exiting.mjs';

const { connection, queue: name } = input;
const body = fileURLToPath(new URL('../programs/exiting-thread.mjs', import.meta.url));
const queue = new Queue(name, { connection });
const worker = new subject.Worker(name, nap(), { connection, drainDelay: 1 });
// One of each kind at a time.
for (const place of places) {
  // A native job has no callback in JavaScript before it is active.
  const kinds = place === 'processor' ? ['inline'] : ['inline', 'native'];
  const exits = kinds.map(async kind => {
    const thread = new Thread(body, { workerData: { queue: `${name}-${kind}-${place}`, kind, place } });
    const [code] = await next(thread, 'exit');
    return { kind, code };
  });
  for (const { kind, code } of await Promise.all(exits)) say('exited', { place, kind, code });
  const completed = next(worker, 'completed');
  const job = await queue.add('job', { ms: 1 });
  say('goes on', { place, itself: (await completed)[0].id === job.id });
}
await worker.close();
await queue.close();
say('done');
