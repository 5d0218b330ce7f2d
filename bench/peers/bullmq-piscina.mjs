// BullMQ with a function on the event loop that hands each job to Piscina: the usual way out of the sandbox.
import { Worker } from 'bullmq';
import { threadPool } from '../lib/piscina.mjs';

export default {
  name: 'bullmq-piscina',
  title: 'BullMQ + Piscina',
  color: '#a371f7',
  needs: 'file',
  share: 1 / 2,
  create(queue, scenario, options) {
    const pool = threadPool(scenario, options.concurrency);
    const worker = new Worker(queue, job => pool.run({ data: job.data }), options);
    worker.once('closed', () => pool.destroy());
    return worker;
  },
};
