// Jobs that wait for 20 ms, many at once: what inline functions are for.
import { processor } from '../lib/processor.mjs';

const ms = 20;

export default {
  name: 'io',
  title: 'I/O-bound jobs, each waits for 20 ms',
  order: 6,
  ...processor('wait'),
  data: i => ({ i, ms }),
  ideal: ({ concurrency }) => (concurrency * 1000) / ms,
  jobs: 10_000,
  warmUp: 3000,
  cases: [
    { label: '100', concurrency: 100, share: 1 / 2 },
    { label: '300', concurrency: 300 },
  ],
  peers: ['bullmq-inline', 'bee-queue', 'aurochs-inline', 'aurochs-two-threads'],
  columns: ['jobsPerSecond', 'efficiency', 'clientCpu', 'redisCpu', 'loopDelay', 'memory'],
};
