// Jobs of 1 and 10 ms of CPU on one and two cores, as many at once as there are cores. Redis isn't bound to them.
import { calibrate } from '../lib/calibrate.mjs';
import { processor } from '../lib/processor.mjs';

const one = (ms, cores) => ({
  ...{ label: `${ms} ms, ${cores === 1 ? '1 core' : `${cores} cores`}`, ms, cores, concurrency: cores },
  ...{ share: cores / ms, warmUp: 200 / ms },
});

export default {
  name: 'cpu',
  title: 'CPU-bound jobs',
  order: 5,
  caseHeading: 'jobs',
  ...processor('burn'),
  /** How many steps take a millisecond of an idle core. */
  prepare: () => ({ roundsPerMs: calibrate() }),
  data: (i, { ms, roundsPerMs }) => ({ i, rounds: Math.round(ms * roundsPerMs) }),
  ideal: ({ ms, cores }) => (cores * 1000) / ms,
  jobs: 600,
  cases: [one(1, 1), one(1, 2), one(10, 1), one(10, 2)],
  peers: ['bullmq-threads', 'bullmq-processes', 'bullmq-piscina', 'bullmq-inline', 'aurochs-threads', 'aurochs-native'],
  baseline: 'bullmq-threads',
  columns: ['efficiency', 'jobsPerSecond', 'clientCpu', 'loopDelay', 'memory'],
  ratios: ['jobsPerSecond', 'memory'],
  chart: { metrics: ['efficiency', 'loopDelay'] },
};
