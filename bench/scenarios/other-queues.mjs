// The no-op against queues that are not BullMQ's, which keep less of a job than it does.
import { processor } from '../lib/processor.mjs';

export default {
  name: 'other-queues',
  title: 'No-op against other queues',
  order: 4,
  ...processor('noop'),
  data: i => ({ i }),
  jobs: 20_000,
  warmUp: 2000,
  light: true,
  cases: [{ label: '10', concurrency: 10 }],
  peers: ['bullmq-inline', 'bee-queue', 'celery', 'aurochs-inline', 'aurochs-native'],
};
