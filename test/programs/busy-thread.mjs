// A worker thread whose native jobs keep the pool busy and report all the time; it has no end of its own.
import { parentPort, workerData } from 'node:worker_threads';
import { input, native, sleep, subject } from './child.mjs';

const options = { connection: input.connection, drainDelay: 1, concurrency: 6 };
const inline = job => sleep(job.data.ms);
for (const [symbol, queue] of Object.entries(workerData.queues)) {
  const worker = new subject.Worker(queue, native(symbol, inline), options);
  for (const event of ['active', 'progress', 'completed']) worker.on(event, () => undefined);
  worker.once('completed', () => parentPort.postMessage(symbol));
}
