// The workers: retries, a rate limit, a sandboxed processor, flows' children, a custom backoff.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnrecoverableError, Worker } from 'aurochs'; // was: from 'bullmq'
import { logWorker } from './log.mjs';
import { connection, mails } from './queues.mjs';

const orders = new Worker(
  'orders',
  async job => {
    const children = Object.values(await job.getChildrenValues());
    const paid = children.reduce((sum, child) => sum + (child.paid ?? 0), 0);
    await job.updateProgress({ paid });
    await job.log(`paid ${paid}`);
    return { paid, pages: children.find(child => child.pages)?.pages };
  },
  { connection, concurrency: 5 },
);

const payments = new Worker(
  'payments',
  async job => {
    if (job.data.card === 'stolen') throw new UnrecoverableError('the card was refused');
    if (job.attemptsMade < (job.data.outages ?? 0)) throw new Error('the bank does not answer');
    return { paid: job.data.amount, attempts: job.attemptsMade + 1 };
  },
  { connection, concurrency: 5, settings: { backoffStrategy: attempts => attempts * 20 } },
);

const invoices = new Worker('invoices', new URL('./invoice.mjs', import.meta.url), {
  ...{ connection, concurrency: 2, useWorkerThreads: true },
});

let refusals = 1;
const mailer = new Worker(
  'mails',
  async job => {
    if (job.data.to === 'carol' && refusals-- > 0) {
      await mails.rateLimit(200);
      throw Worker.RateLimitError();
    }
    return `sent to ${job.data.to}`;
  },
  { connection, limiter: { max: 2, duration: 200 } },
);

const reporter = new Worker(
  'reports',
  async job => {
    if (job.name === 'backup') {
      await once(process, 'SIGTERM'); // it is still running when the application is told to stop
      await sleep(100);
    }
    return job.name;
  },
  { connection, autorun: false },
);

export const workers = { orders, payments, invoices, mailer, reporter };
for (const worker of Object.values(workers)) logWorker(worker);

export async function closeWorkers() {
  await Promise.all(Object.values(workers).map(worker => worker.close()));
}
