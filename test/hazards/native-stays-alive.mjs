// A worker that nobody listens to keeps its process alive all the same; a signal ends it.
import { input, nap, say, subject } from '../programs/child.mjs';

const { connection, queue } = input;
const worker = new subject.Worker(queue, nap(), { connection, drainDelay: 1 });
process.once('SIGTERM', () => worker.close().then(() => say('closed')));
say('ready');
