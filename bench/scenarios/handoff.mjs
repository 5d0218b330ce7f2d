// What it costs to hand a job to another thread or process. Piscina and Python's pool do nothing else; Aurochs also
// fetches the job from Redis, keeps its lock and completes it.
import { processor } from '../lib/processor.mjs';

export default {
  name: 'handoff',
  title: 'Hand-off to two threads or processes; Aurochs with Redis, the others without a queue',
  order: 14,
  caseHeading: 'in flight',
  ...processor('noop'),
  measure: 'handoff',
  data: i => ({ i }),
  jobs: 20_000,
  cases: [
    { label: '1', concurrency: 1, share: 1 / 4, warmUp: 1500 },
    { label: '50', concurrency: 50 },
  ],
  peers: ['piscina', 'python-multiprocessing', 'aurochs-two-threads', 'aurochs-native'],
  baseline: 'piscina',
  ratios: ['jobsPerSecond', 'clientCpu', 'memory'],
};
