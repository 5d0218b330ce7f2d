// What the application's parts have in common: the connection and the queues.
import { FlowProducer, Queue, QueueEvents } from 'aurochs'; // was: from 'bullmq'
import { logEvents } from './log.mjs';

export const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT ?? 6379) };

const options = { connection, defaultJobOptions: { removeOnComplete: 1000, removeOnFail: 5000 } };
export const orders = new Queue('orders', options);
export const payments = new Queue('payments', options);
export const invoices = new Queue('invoices', options);
export const mails = new Queue('mails', options);
export const reports = new Queue('reports', options);
export const flows = new FlowProducer({ connection });

export const events = Object.fromEntries(
  ['orders', 'payments', 'invoices', 'mails', 'reports'].map(name => [
    name,
    // From the first event on, not from when it has connected.
    logEvents(new QueueEvents(name, { connection, lastEventId: '0-0' })),
  ]),
);

export async function closeQueues() {
  const all = [...Object.values(events), flows, orders, payments, invoices, mails, reports];
  await Promise.all(all.map(one => one.close()));
}
