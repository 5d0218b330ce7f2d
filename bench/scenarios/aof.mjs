// The no-op with a Redis that keeps its data: an append-only file, synced every second or with every write.
import { processor } from '../lib/processor.mjs';

export default {
  name: 'aof',
  title: 'No-op with the append-only file on, concurrency 50',
  order: 13,
  caseHeading: 'appendfsync',
  ...processor('noop'),
  data: i => ({ i }),
  jobs: 20_000,
  cases: [
    { label: 'everysec', aof: 'everysec', concurrency: 50 },
    { label: 'always', aof: 'always', concurrency: 50, share: 1 / 4 },
  ],
  peers: ['bullmq-inline', 'aurochs-native', 'aurochs-inline'],
};
