// An inline and a native worker in a worker thread, until it is told to close them.
import { parentPort, workerData } from 'node:worker_threads';
import { input, native, sleep, subject } from './child.mjs';

const { inline: inlineQueue, native: nativeQueue, symbol } = workerData;
const options = { connection: input.connection, drainDelay: 1, concurrency: 8 };
const inline = job => (job.name === 'endless' ? new Promise(() => undefined) : sleep(job.data.ms));
const workers = [
  new subject.Worker(inlineQueue, inline, options),
  new subject.Worker(nativeQueue, native(symbol, inline), options),
];
parentPort.once('message', () => Promise.all(workers.map(worker => worker.close())));
