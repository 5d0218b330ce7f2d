// Worker threads that own workers with threads, in the middle of their jobs, end over and over: terminated from
// outside, and by a process.exit() of their own. The process and its own worker go on.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker as Thread } from 'node:worker_threads';
import { Queue } from 'bullmq';
import { input, next, say, sleep, subject } from '../programs/child.mjs';

const { connection, queue: name, processor, rounds } = input;
const body = fileURLToPath(new URL('../programs/thread-with-threads.mjs', import.meta.url));
const [mine, theirs] = [new Queue(name, { connection }), new Queue(`${name}-theirs`, { connection })];
const worker = new subject.Worker(name, processor, { connection, drainDelay: 1 });
const tasks = () => readdirSync('/proc/self/task').length;

let base;
for (let round = 1; round <= rounds; round++) {
  const exits = round % 2 === 0;
  const job = name => ({ name, data: { times: 3, ms: 2 } });
  const quick = Array.from({ length: 200 }, (_, i) => job(i % 2 ? 'report' : 'sleep'));
  // The first thread that there is has one that never ends, beside those that come and go.
  await theirs.addBulk([job('forever'), ...quick]);
  const thread = new Thread(body, { workerData: { queue: theirs.name, exits } });
  const ended = next(thread, 'exit');
  await next(thread, 'message');
  if (!exits) await thread.terminate();
  const [code] = await ended;
  await theirs.obliterate({ force: true });
  const completed = next(worker, 'completed');
  await mine.add('return', { value: round });
  const [, value] = await completed;
  // The first round leaves behind what is made once.
  base ??= tasks();
  for (let i = 0; i < 100 && tasks() > base; i++) await sleep(20);
  say('ended', { exits, code, value, more: Math.max(0, tasks() - base) });
}
await worker.close();
await Promise.all([mine.close(), theirs.close()]);
say('done');
