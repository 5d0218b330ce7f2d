// A shop on queues, as BullMQ's guides would have it: flows, retries, rate limits, job schedulers, priorities, events,
// and a shutdown on SIGTERM that loses nothing. REDIS_PORT=6379 node main.mjs
import { log } from './log.mjs';
import { closeQueues, events, flows, invoices, mails, orders, payments, reports } from './queues.mjs';
import { closeWorkers, workers } from './workers.mjs';

await Promise.all(Object.values(events).map(queueEvents => queueEvents.waitUntilReady()));

/** Waits for the job's end; a failure is a result as well. */
const end = (job, queueEvents) => job.waitUntilFinished(queueEvents).catch(error => error.message);

// An order waits for its payment and its invoice.
async function order(customer, payment, items) {
  const queued = (name, queueName, data, opts) => ({
    ...{ name, queueName, data },
    opts: { jobId: `${name}-${customer}`, ...opts },
  });
  const tree = await flows.add({
    ...queued('order', 'orders', {}),
    children: [
      queued('pay', 'payments', payment, { attempts: 3, backoff: { type: 'custom' }, failParentOnFailure: true }),
      queued('invoice', 'invoices', { items }),
    ],
  });
  const result = await end(tree.job, events.orders);
  await Promise.all(
    tree.children.map(({ job }) => end(job, job.queueName === 'payments' ? events.payments : events.invoices)),
  );
  const { logs } = await orders.getJobLogs(tree.job.id);
  log('shop', tree.job.id, `${await tree.job.getState()}, ${JSON.stringify(result)}, log ${JSON.stringify(logs)}`);
}
await order('ada', { amount: 30 }, 3);
await order('bob', { amount: 70, outages: 2 }, 42);
await order('eve', { amount: 500, card: 'stolen' }, 1);
await order('joe', { amount: 5, outages: 9 }, 1);

// No more than two mails in 200 ms; the server that refuses one makes all of them wait.
const letters = await mails.addBulk(
  ['ada', 'bob', 'carol', 'dan', 'erin'].map(to => ({ name: 'welcome', data: { to }, opts: { jobId: `to-${to}` } })),
);
await Promise.all(letters.map(letter => end(letter, events.mails)));
await workers.mailer.pause();
const deduplication = { id: 'news', ttl: 60_000 };
const first = await mails.add('news', { to: 'ada' }, { jobId: 'news-ada', deduplication });
const second = await mails.add('news', { to: 'ada' }, { jobId: 'news-again', deduplication });
log('shop', 'news', `${await first.getState()}, and the second one is ${second.id}`);
await workers.mailer.resume();
log('shop', 'news', await end(first, events.mails));

// The highest priority first, and what is delayed last.
const sequence = [];
const done = new Promise(resolve => {
  workers.reporter.on('completed', job => sequence.push(job.name) === 4 && resolve());
});
await reports.add('later', {}, { jobId: 'later', delay: 300 });
await reports.add('monthly', {}, { jobId: 'monthly', priority: 9 });
await reports.add('weekly', {}, { jobId: 'weekly', priority: 5 });
await reports.add('daily', {}, { jobId: 'daily' });
workers.reporter.run();
await done;
log('shop', 'reports', sequence.join(', '));

// Every 200 ms, three times.
let ticks = 0;
const ticked = new Promise(resolve => {
  workers.reporter.on('completed', job => job.name === 'tick' && ++ticks === 3 && resolve());
});
await reports.upsertJobScheduler('ticker', { every: 200, limit: 3 }, { name: 'tick' });
await ticked;

const counts = await Promise.all([orders, payments, invoices, mails].map(queue => queue.getJobCounts()));
log('shop', 'counts', JSON.stringify(counts));

// One job is in flight and another one waits when the application is told to stop.
const started = new Promise(resolve => workers.reporter.on('active', job => job.name === 'backup' && resolve()));
const backup = await reports.add('backup', {}, { jobId: 'backup' });
await reports.add('left', {}, { jobId: 'left' });
await started;

process.once('SIGTERM', async () => {
  log('shop', 'SIGTERM', 'closing');
  await Promise.all([closeWorkers(), end(backup, events.reports)]);
  log('shop', 'reports', JSON.stringify(await reports.getJobCounts('waiting', 'active', 'completed')));
  await closeQueues();
  log('shop', 'SIGTERM', 'closed');
});
log('shop', 'ready', 'waiting for SIGTERM');
