// close() and close(true), twice each and all at once, while inline and native jobs run.
import { Queue } from 'bullmq';
import { input, nap, say, sleep, subject } from '../programs/child.mjs';

const { connection, queue: name } = input;
for (const [suffix, processor] of Object.entries({ inline: job => sleep(job.data.ms), native: nap() })) {
  const queue = new Queue(`${name}-${suffix}`, { connection });
  await queue.addBulk([1, 2, 3, 4, 5, 6].map(() => ({ name: 'job', data: { ms: 300 } })));
  const worker = new subject.Worker(queue.name, processor, { connection, concurrency: 3 });
  worker.on('error', error => say('error', { message: error.message }));
  const seen = [];
  for (const event of ['closing', 'closed']) worker.on(event, () => seen.push(event));
  while ((await queue.getActiveCount()) < 3) await sleep(5);
  await Promise.all([worker.close(), worker.close(true), worker.close(), worker.close(true)]);
  await worker.close();
  const { wait } = await queue.getJobCounts('wait');
  say('closed', { suffix, seen, wait });
  await queue.close();
}
