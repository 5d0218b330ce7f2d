// BullMQ's sandbox on worker threads, one for each job in flight.
import { Worker } from 'bullmq';
import { quietOutput } from '../lib/quiet-output.mjs';

export default {
  name: 'bullmq-threads',
  title: 'BullMQ threads',
  color: '#f0883e',
  needs: 'file',
  share: 1 / 4,
  create(queue, scenario, options) {
    quietOutput();
    return new Worker(queue, scenario.file, { ...options, useWorkerThreads: true });
  },
};
