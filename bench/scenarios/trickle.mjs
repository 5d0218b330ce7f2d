// Jobs that come one by one, every 5 ms, to a worker that waits for them: how long until the processor starts?
import { processor } from '../lib/processor.mjs';

export default {
  name: 'trickle',
  title: 'Pickup: jobs that come one by one, every 5 ms',
  order: 10,
  ...processor('pickup'),
  stores: ['bullmq'],
  measure: 'pickup',
  startsEmpty: true,
  /** Of the warm-up's jobs. The others carry the time at which they were added. */
  data: () => ({ at: 0 }),
  jobs: 300,
  warmUp: 300,
  cases: [{ label: '10', concurrency: 10 }],
  peers: ['bullmq-inline', 'bullmq-threads', 'aurochs-inline', 'aurochs-threads', 'aurochs-native'],
  columns: ['pickupP50', 'pickupP99', 'clientCpu', 'mainCpu', 'redisCpu', 'memory'],
  ratios: ['pickupP50', 'pickupP99', 'clientCpu', 'redisCpu'],
  chart: { metrics: ['pickupP50', 'clientCpu'] },
};
