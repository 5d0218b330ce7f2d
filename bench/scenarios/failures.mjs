// Jobs whose attempts fail: now and then, each once, or for good.
import { processor } from '../lib/processor.mjs';

export default {
  name: 'failures',
  title: 'Attempts that fail, at concurrency 50',
  order: 7.5,
  ...processor('fail'),
  data: (i, { every, fails }) => (i % every === 0 ? { i, fails } : { i }),
  jobOptions: { attempts: 2 },
  // The first one too: when it was started says nothing.
  startsAgain: true,
  jobs: 20_000,
  caseHeading: 'attempts that fail',
  cases: [
    { label: 'the first one of 1 job in 100', every: 100, fails: 'once' },
    { label: 'the first one of 1 job in 10', every: 10, fails: 'once', share: 1 / 2 },
    { label: 'the first one of each job', every: 1, fails: 'once', share: 1 / 5, warmUp: 1000 },
    { label: 'both of each job', every: 1, fails: 'always', share: 1 / 5, warmUp: 1000, end: 'failed' },
  ].map(one => ({ ...one, concurrency: 50 })),
  peers: ['bullmq-inline', 'aurochs-native', 'aurochs-inline'],
  columns: ['jobsPerSecond', 'clientCpu', 'redisCpu'],
};
