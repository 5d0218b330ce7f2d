// Workers that are to complete all jobs, whatever happens to their server; then they are closed.
import { Queue } from 'bullmq';
import { input, nap, say, sleep, subject } from '../programs/child.mjs';

const { connection, queue: name, jobs, ms } = input;
const options = {
  connection,
  drainDelay: 1,
  lockDuration: 2000,
  stalledInterval: 500,
  maxStalledCount: 1000,
  runRetryDelay: 100,
  concurrency: 4,
};
const queue = new Queue(name, { connection });
queue.on('error', () => undefined);
const errors = new Set();
const workers = [job => sleep(job.data.ms), nap()].map(processor => {
  const worker = new subject.Worker(name, processor, options);
  worker.on('error', error => errors.add(error.message));
  return worker;
});
await Promise.all(workers.map(worker => worker.waitUntilReady()));
say('ready');

// Added one after the other, so that the workers also wait for jobs in between; what fails is added again.
for (let i = 0; i < jobs; i++) await queue.add('job', { ms }, { jobId: `job-${i}` });
say('added');
for (;;) {
  const { completed, failed } = await queue.getJobCounts('completed', 'failed');
  if (completed + failed === jobs) {
    say('done', { completed, failed, errors: [...errors] });
    break;
  }
  await sleep(20);
}
await Promise.all(workers.map(worker => worker.close()));
await queue.close();
say('closed');
