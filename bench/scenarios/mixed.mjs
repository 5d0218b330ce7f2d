// Jobs of 10 ms of CPU in a process that also answers HTTP requests, one every 5 ms.
import { calibrate } from '../lib/calibrate.mjs';
import { processor } from '../lib/processor.mjs';

const ms = 10;

export default {
  name: 'mixed',
  title: 'CPU-bound jobs of 10 ms beside an HTTP server in the same process',
  order: 7,
  ...processor('burn'),
  prepare: () => ({ roundsPerMs: calibrate() }),
  data: (i, { roundsPerMs }) => ({ i, rounds: Math.round(ms * roundsPerMs) }),
  measure: 'mixed',
  jobs: 150,
  warmUp: 20,
  cases: [
    { label: '1', concurrency: 1, share: 3 / 4 },
    { label: '2', concurrency: 2 },
  ],
  peers: ['bullmq-inline', 'bullmq-threads', 'bullmq-piscina', 'aurochs-inline', 'aurochs-threads', 'aurochs-native'],
  columns: ['httpP99', 'httpP50', 'loopDelay', 'jobsPerSecond', 'clientCpu'],
  ratios: ['httpP99', 'loopDelay', 'jobsPerSecond'],
  chart: { metrics: ['httpP99', 'jobsPerSecond'] },
};
