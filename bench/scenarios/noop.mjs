// Jobs `{ i }` and a processor that does nothing, so that only the worker itself is measured.
import { processor } from '../lib/processor.mjs';

export default {
  name: 'noop',
  title: 'No-op: jobs {i: n}, a processor that does nothing',
  order: 1,
  ...processor('noop'),
  data: i => ({ i }),
  jobs: 20_000,
  light: true,
  cases: [
    { label: '1', concurrency: 1, share: 1 / 4, warmUp: 1500 },
    { label: '10', concurrency: 10 },
    { label: '50', concurrency: 50 },
    { label: '200', concurrency: 200 },
    { label: '1000', concurrency: 1000 },
  ],
  peers: ['bullmq-inline', 'aurochs-native', 'aurochs-inline'],
  columns: ['jobsPerSecond', 'clientCpu', 'mainCpu', 'redisCpu', 'memory'],
};
