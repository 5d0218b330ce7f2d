// Aurochs by BullMQ's scripts alone, one job a call: what its own batches add is the difference to `noop`.
import { processor } from '../lib/processor.mjs';

export default {
  name: 'scripts',
  title: 'No-op by BullMQ’s scripts alone',
  order: 3,
  ...processor('noop'),
  data: i => ({ i }),
  jobs: 20_000,
  light: true,
  cases: [
    { label: '10', concurrency: 10 },
    { label: '200', concurrency: 200 },
  ],
  peers: ['bullmq-inline', 'aurochs-native-scripts'],
};
