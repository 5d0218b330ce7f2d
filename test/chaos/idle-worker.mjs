// Workers that have nothing to do, each on a queue of its own, in one process.
import { input, say, subject } from '../programs/child.mjs';

const { connection, queues, library } = input;
const processor = library ? subject.native(library, 'nap_for') : async () => undefined;
const workers = queues.map(queue => new subject.Worker(queue, processor, { connection }));
for (const worker of workers) worker.on('error', error => say('error', { message: error.message }));
await Promise.all(workers.map(worker => worker.waitUntilReady()));
say('working', { engine: workers[0].engine ?? 'bullmq' });
