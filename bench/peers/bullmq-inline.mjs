// BullMQ's own Worker with a function on the event loop; what the others are compared with.
import { Worker } from 'bullmq';

export default {
  name: 'bullmq-inline',
  title: 'BullMQ inline',
  color: '#e5534b',
  needs: 'inline',
  create: (queue, scenario, options) => new Worker(queue, scenario.inline, options),
};
