// A worker that ends its environment, a process or a thread, from within one of its callbacks.
import { Queue } from 'bullmq';
import { native, say, sleep, subject } from './child.mjs';

const kCode = 3;

export const places = ['construction', 'processor', 'active', 'progress', 'completed', 'drained', 'failed'];

/** @param kind `inline` or `native`; @param place where process.exit() is called */
export async function exitWithin(connection, name, kind, place) {
  const queue = new Queue(name, { connection });
  // More than one job at work, so that the others are in the middle of theirs.
  const data = { ms: 1, count: 3 };
  await queue.addBulk(Array.from({ length: 20 }, () => ({ name: 'job', data, opts: { removeOnComplete: true } })));
  const exit = () => {
    say('exiting', { kind, place });
    process.exit(kCode);
  };
  const inline = async job => {
    if (place === 'processor') exit();
    await job.updateProgress(1);
    await sleep(job.data.ms);
    if (place === 'failed') throw new Error('told to');
  };
  const symbol = place === 'failed' ? 'throws' : place === 'progress' ? 'many_reports' : 'nap_for';
  const worker = new subject.Worker(name, kind === 'native' ? native(symbol, inline) : inline, {
    connection,
    concurrency: 4,
    drainDelay: 1,
  });
  worker.on('error', error => say('error', { message: error.message }));
  if (place === 'construction') exit();
  worker.on(place, exit);
}
