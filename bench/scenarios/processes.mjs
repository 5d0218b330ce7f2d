// The no-op in several processes on one queue.
import { processor } from '../lib/processor.mjs';

export default {
  name: 'processes',
  title: 'No-op in several processes on one queue, concurrency 10 each',
  order: 12,
  caseHeading: 'processes',
  ...processor('noop'),
  data: i => ({ i }),
  jobs: 20_000,
  cases: [1, 2, 4].map(processes => ({ label: String(processes), x: processes, processes })),
  peers: ['bullmq-inline', 'aurochs-native', 'aurochs-inline'],
  chart: { lines: { title: 'processes' }, metrics: ['jobsPerSecond', 'clientCpu'] },
};
