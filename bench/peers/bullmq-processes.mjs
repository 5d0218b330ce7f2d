// BullMQ's sandbox in child processes, one for each job in flight.
import { Worker } from 'bullmq';

export default {
  name: 'bullmq-processes',
  title: 'BullMQ processes',
  needs: 'file',
  create: (queue, scenario, options) => new Worker(queue, scenario.file, options),
};
