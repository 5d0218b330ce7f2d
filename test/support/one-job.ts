// The shortest proof that a worker works over a connection, and natively.
import type { ConnectionOptions, Queue } from 'bullmq';
import type { Bench } from './queue';
import { isAurochs, type SubjectWorker } from './subject';
import { waitForEvent } from './wait';

/** Has a worker on `connection` complete a job that comes in over the queue's own. @returns the worker */
export async function completeOneJob(
  bench: Bench,
  queue: Queue,
  options: { connection: ConnectionOptions; prefix?: string },
): Promise<SubjectWorker> {
  const worker = bench.worker(queue, async job => job.data.value + 1, options);
  const completed = waitForEvent(worker, 'completed');
  await queue.add('job', { value: 1 });
  expect((await completed)[1]).toBe(2);
  if (isAurochs) expect([worker.engine, worker.engineReason]).toEqual(['native', expect.any(String)]);
  return worker;
}
