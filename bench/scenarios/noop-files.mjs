// The no-op as a file: threads and processes, each handed one job after the other.
import { processor } from '../lib/processor.mjs';

export default {
  name: 'noop-files',
  title: 'No-op as a file, on threads and in processes',
  order: 2,
  ...processor('noop'),
  data: i => ({ i }),
  jobs: 6000,
  warmUp: 1000,
  light: true,
  cases: [
    { label: '1', concurrency: 1, share: 1 / 2 },
    { label: '2', concurrency: 2 },
    { label: '8', concurrency: 8 },
    { label: '50', concurrency: 50 },
  ],
  peers: ['bullmq-threads', 'bullmq-processes', 'bullmq-piscina', 'aurochs-threads', 'aurochs-two-threads'],
  baseline: 'bullmq-threads',
  columns: ['jobsPerSecond', 'clientCpu', 'mainCpu', 'redisCpu', 'memory'],
  ratios: ['jobsPerSecond', 'clientCpu', 'redisCpu', 'memory'],
};
