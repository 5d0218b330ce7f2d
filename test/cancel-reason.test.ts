// cancelJob() takes any reason, as BullMQ's does: one that JSON can't hold too.
import { useBench } from './support/queue';
import { waitFor, waitForEvent } from './support/wait';

const bench = useBench();
const cycle: Record<string, unknown> = {};
cycle.self = cycle;

it.each([
  ['a BigInt', 5n],
  ['a cycle', cycle],
])('%s', async (_, reason) => {
  const queue = bench.queue();
  const added = await queue.add('job', {});
  let running = false;
  const worker = bench.worker(queue, (_job: any, _token: any, signal: any) => {
    running = true;
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  });
  await waitFor(() => running);
  const failed = waitForEvent(worker, 'failed');
  expect(worker.cancelJob(added.id!, reason as never)).toBe(true);
  await failed;
});
