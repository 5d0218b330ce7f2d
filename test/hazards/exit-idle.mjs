// process.exit() with workers that were never closed: one that has never run, two that wait for jobs.
import { Queue } from 'bullmq';
import { input, nap, next, say, subject } from '../programs/child.mjs';

const { connection, queue: name } = input;
const queue = new Queue(name, { connection });
const workers = [
  new subject.Worker(name, async () => 'inline', { connection }),
  new subject.Worker(`${name}-native`, nap(), { connection }),
  new subject.Worker(name, async () => 'never', { connection, autorun: false }),
];
const completed = next(workers[0], 'completed');
await queue.add('job', {});
say('completed', { result: (await completed)[1], workers: workers.length });
process.exit(7);
