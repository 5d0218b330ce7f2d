// A worker keeps its process alive, with nothing else to do, until it is closed; then the process ends by itself.
import { input, nap, next, say, subject } from '../programs/child.mjs';

const { connection, queue } = input;
const worker = new subject.Worker(queue, nap(), { connection, drainDelay: 1 });
await worker.waitUntilReady();
say('ready');
const [job] = await next(worker, 'completed');
say('completed', { id: job.id });
await worker.close();
say('closed');
