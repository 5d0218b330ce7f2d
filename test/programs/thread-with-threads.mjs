// A worker thread with a worker whose jobs run on threads of its own, where some spin and others come and go.
import { parentPort, workerData } from 'node:worker_threads';
import { input, subject } from './child.mjs';

const { queue, exits } = workerData;
const options = { connection: input.connection, concurrency: 6, threads: 3, drainDelay: 1 };
const worker = new subject.Worker(queue, input.processor, options);
let completed = 0;
worker.on('progress', () => undefined);
worker.on('completed', () => {
  if (++completed !== 20) return;
  parentPort.postMessage('busy');
  if (exits) process.exit(3);
});
