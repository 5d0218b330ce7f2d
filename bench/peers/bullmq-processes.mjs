// BullMQ's sandbox in child processes, one for each job in flight.
import { Worker } from 'bullmq';
import { quietOutput } from '../lib/quiet-output.mjs';

export default {
  name: 'bullmq-processes',
  title: 'BullMQ processes',
  color: '#c69026',
  needs: 'file',
  share: 1 / 4,
  create(queue, scenario, options) {
    quietOutput();
    return new Worker(queue, scenario.file, options);
  },
};
