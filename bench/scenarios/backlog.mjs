// The no-op with a thousand to a million jobs that wait behind those that are measured: does a job cost more then?
import { processor } from '../lib/processor.mjs';

export default {
  name: 'backlog',
  title: 'No-op with a backlog',
  order: 9,
  caseHeading: 'backlog',
  ...processor('noop'),
  stores: ['bullmq'],
  data: i => ({ i }),
  jobs: 20_000,
  cases: [
    { label: '1 thousand', x: 1e3, concurrency: 50, backlog: 1e3 },
    { label: '100 thousand', x: 1e5, concurrency: 50, backlog: 1e5 },
    { label: '1 million', x: 1e6, concurrency: 50, backlog: 1e6 },
  ],
  peers: ['bullmq-inline', 'aurochs-native', 'aurochs-inline'],
  chart: { lines: { log: true, title: 'waiting jobs' }, metrics: ['clientCpu', 'redisCpu'] },
};
