// A worker whose JavaScript threads are ended at random while they run `jobs` ordinary jobs: about every 50 ms one job
// calls process.exit(), or never ends until its time limit passes or it is cancelled.
import { readFileSync, readdirSync } from 'node:fs';
import { Queue } from 'bullmq';
import { input, say, sleep, subject } from './child.mjs';

const { connection, queue: name, processor, jobs, threads, concurrency, longest } = input;
// Most are asked to end while they are at it; the cancelled ones have a limit too, should the cancellation come while
// they wait again because another job's end took their thread away.
const kinds = {
  exit: { name: 'exit', data: { code: 3 } },
  limit: { name: 'forever', data: {}, opts: { timeLimit: 30 } },
  cancel: { name: 'forever', data: {}, opts: { timeLimit: 5000 } },
};
const turns = ['exit', 'limit', 'cancel', ...Array(5).fill(['exit', 'limit']).flat()];

const queue = new Queue(name, { connection, streams: { events: { maxLen: jobs * 20 } } });
const usage = () => ({
  tasks: readdirSync('/proc/self/task').length,
  files: readdirSync('/proc/self/fd').length,
  megabytes: Number(/VmRSS:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024,
});

function open(on) {
  const worker = new subject.Worker(on.name, processor, { connection, threads, concurrency, drainDelay: 1 });
  worker.on('error', error => say('error', { message: error.message }));
  return worker;
}

// Everything that is made once is there before the first look.
const other = new Queue(`${name}-first`, { connection });
const first = open(other);
await other.addBulk(Array.from({ length: concurrency }, () => ({ name: 'sleep', data: { ms: 20 } })));
while ((await other.getCompletedCount()) < concurrency) await sleep(10);
await first.close();
const before = usage();

for (let added = 0; added < jobs; added += 1000) {
  const ordinary = Array.from({ length: Math.min(1000, jobs - added) }, (_, i) => ({
    name: 'sleep',
    data: { ms: Math.random() * longest },
    // A job that calls process.exit() takes its neighbours with it, and nobody knows which of them it was.
    opts: { jobId: `ordinary-${added + i}`, attempts: 1000 },
  }));
  await queue.addBulk(ordinary);
}

const worker = open(queue);
const waiting = new Set();
const toCancel = new Set();
const ends = { exit: 0, limit: 0, cancel: 0 };
worker.on('failed', (job, error) => {
  if (!waiting.delete(job.id)) return;
  toCancel.delete(job.id);
  if (/process\.exit\(3\)/.test(error.message)) ends.exit++;
  else if (error.name === 'TimeLimitError') ends.limit++;
  else if (error.message === 'not wanted') ends.cancel++;
  else say('error', { message: `${job.id}: ${error.message}` });
});
for (let turn = 0, finished = false; !finished;) {
  await sleep(25 + Math.random() * 50);
  for (const id of toCancel) if (worker.cancelJob(id, 'not wanted')) toCancel.delete(id);
  finished = (await queue.getCompletedCount()) === jobs && waiting.size === 0;
  // At most half as many as there are threads, so that others can work.
  if (finished || waiting.size >= threads / 2 || (await queue.getCompletedCount()) === jobs) continue;
  const kind = turns[turn % turns.length];
  const id = `${kind}-${turn++}`;
  waiting.add(id);
  if (kind === 'cancel') toCancel.add(id);
  const { name: action, data, opts } = kinds[kind];
  await queue.add(action, data, { ...opts, jobId: id, lifo: true });
}
await worker.close();

let after = usage();
for (let i = 0; i < 200 && (after.tasks > before.tasks || after.files > before.files); i++) {
  await sleep(20);
  after = usage();
}
const counts = await queue.getJobCounts();
await Promise.all([queue.close(), other.close()]);
say('done', { before, after, ends, counts });
