// The no-op in one process with many workers: one for each of many queues, or ten for one queue.
import { processor } from '../lib/processor.mjs';

export default {
  name: 'queues',
  title: 'No-op with many workers in one process, concurrency 10 each',
  order: 11,
  caseHeading: 'workers',
  ...processor('noop'),
  data: i => ({ i }),
  jobs: 20_000,
  cases: [
    { label: '1 on 1 queue', x: 1 },
    { label: '10 on 1 queue', workers: 10 },
    { label: '10 on 10 queues', x: 10, queues: 10 },
    { label: '100 on 100 queues', x: 100, queues: 100 },
  ],
  peers: ['bullmq-inline', 'aurochs-native', 'aurochs-inline'],
  chart: { lines: { log: true, title: 'queues, a worker each' }, metrics: ['jobsPerSecond', 'clientCpu'] },
};
