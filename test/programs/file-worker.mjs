// A worker with a processor file, in this process or (`inThread`) in a worker thread of it, until one job is done.
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker as Thread } from 'node:worker_threads';
import { input, next, say, subject } from './child.mjs';

const { connection, queue, processor, options, inThread } = input;
if (inThread && isMainThread) {
  const thread = new Thread(fileURLToPath(import.meta.url));
  thread.once('exit', code => say('thread ended', { code }));
} else {
  const worker = new subject.Worker(queue, processor, { connection, drainDelay: 1, ...options });
  worker.on('error', error => say('error', { message: error.message }));
  const [job, result] = await next(worker, 'completed');
  say('completed', { id: job.id, result });
  await worker.close();
}
