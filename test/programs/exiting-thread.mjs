// The same in a worker thread, which process.exit() ends without its process.
import { workerData } from 'node:worker_threads';
import { input } from './child.mjs';
import { exitWithin } from './exiting.mjs';

await exitWithin(input.connection, workerData.queue, workerData.kind, workerData.place);
