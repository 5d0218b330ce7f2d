// BullMQ's sandbox on worker threads, one for each job in flight.
import { Worker } from 'bullmq';

export default {
  name: 'bullmq-threads',
  title: 'BullMQ threads',
  needs: 'file',
  create: (queue, scenario, options) => new Worker(queue, scenario.file, { ...options, useWorkerThreads: true }),
};
