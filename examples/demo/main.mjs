// Two tasks at once in one process: CPU-bound fib jobs and I/O-bound jobs. First with Aurochs, where fib runs on native
// threads, then with BullMQ's inline Worker, where it runs on the event loop that everything else waits for.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue, Worker, include, native } from 'aurochs';
import { Worker as BullWorker } from 'bullmq';
import { measureLoopDelay } from './loop-delay.mjs';
import { bar, showProgress } from './progress.mjs';
import { startRedis } from './redis-server.mjs';

const fibNumbers = { 40: 102334155, 41: 165580141, 42: 267914296 };
const fibJobs = Object.keys(fibNumbers).map(n => ({ n: Number(n) }));
const ioJobs = Array.from({ length: 1000 }, (_, i) => ({ i, ms: 50 + (i % 51) }));

// Whatever ends the process, nothing stays behind.
const folder = mkdtempSync(join(tmpdir(), 'aurochs-demo-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

// ---- The processors --------------------------------------------------------------------------------------------------

/** I/O-bound: waits for something slow, then does a little asynchronous work. Right on the event loop. */
async function io(job) {
  await sleep(job.data.ms);
  const digest = await webcrypto.subtle.digest('SHA-256', Buffer.from(JSON.stringify(job.data)));
  return { i: job.data.i, digest: Buffer.from(digest).toString('hex') };
}

/** CPU-bound, in C++: the library is compiled here, and `native` picks the processor `fib` in it. */
function compileFib() {
  const source = fileURLToPath(new URL('fib.cc', import.meta.url));
  const library = join(folder, 'fib.so');
  execFileSync('c++', ['-std=c++17', '-O2', '-shared', '-fPIC', '-I', include, source, '-o', library]);
  return native(library);
}

/** The same in JavaScript. Blocks the event loop until it is done. */
function fib(job) {
  const slowFib = n => (n < 2 ? n : slowFib(n - 1) + slowFib(n - 2));
  const start = performance.now();
  const value = slowFib(job.data.n);
  return { n: job.data.n, value, ms: performance.now() - start };
}

// ---- A task: a queue full of jobs and one Worker ---------------------------------------------------------------------

/** Starts a Worker; the promise `results` resolves when it has completed all of the queue's `total` jobs. */
function startTask(WorkerClass, { queue, total, processor, concurrency, connection }) {
  const worker = new WorkerClass(queue.name, processor, { connection, concurrency });
  assert.notEqual(worker.engine, 'bullmq', worker.engineReason);
  const done = [];
  const results = new Promise((resolve, reject) => {
    worker.on('completed', (job, result) => {
      if (done.push(result) === total) resolve(done);
    });
    worker.on('failed', (job, error) => reject(error));
    worker.on('error', reject);
  });
  return { worker, done, results, total };
}

async function fill(name, jobs, connection) {
  const queue = new Queue(name, { connection });
  await queue.obliterate({ force: true });
  await queue.addBulk(jobs.map(data => ({ name, data })));
  return queue;
}

/** Runs `tasks` at once; returns their results, the wall time and the event loop's delay, all in ms. */
async function measure(WorkerClass, connection, tasks) {
  for (const task of tasks) task.queue = await fill(task.name, task.jobs, connection);
  const stopDelay = measureLoopDelay();
  const start = performance.now();
  const running = tasks.map(task => startTask(WorkerClass, { ...task, total: task.jobs.length, connection }));
  const stopProgress = showProgress(() =>
    tasks.map((task, i) => `${task.name} ${bar(running[i].done.length, task.jobs.length)}`).join('   '),
  );
  const results = await Promise.all(running.map(task => task.results));
  const wall = performance.now() - start;
  const delay = stopDelay();
  stopProgress();
  for (const [i, { worker }] of running.entries()) {
    await worker.close();
    await tasks[i].queue.close();
  }
  return { results, wall, delay };
}

/** The I/O task alone, then both at once; throws when a result is wrong. */
async function run(title, WorkerClass, fibProcessor, connection) {
  const cpu = { name: 'fib', jobs: fibJobs, processor: fibProcessor, concurrency: 3 };
  const wait = { name: 'I/O', jobs: ioJobs, processor: io, concurrency: 100 };
  console.log(`\n${title}: the I/O jobs alone`);
  const alone = await measure(WorkerClass, connection, [wait]);
  console.log(`${title}: both at once`);
  const both = await measure(WorkerClass, connection, [cpu, wait]);

  const [fibResults, ioResults] = both.results;
  assert.deepEqual(Object.fromEntries(fibResults.map(({ n, value }) => [n, value])), fibNumbers);
  assert.equal(new Set(ioResults.map(({ i }) => i)).size, ioJobs.length, 'each I/O job completes exactly once');
  assert.ok(ioResults.every(({ digest }) => /^[0-9a-f]{64}$/.test(digest)));

  const parts = fibResults.reduce((sum, { ms }) => sum + ms, alone.wall);
  return { ...both, fib: fibResults, alone: alone.wall, parts };
}

// ---- The show --------------------------------------------------------------------------------------------------------

function table(aurochs, bullmq) {
  const seconds = ms => `${(ms / 1000).toFixed(2)} s`;
  const millis = ms => `${ms.toFixed(0)} ms`;
  const fibOf = (run, n) => run.fib.find(result => result.n === n);
  const rows = [
    ['', 'Aurochs', 'BullMQ inline'],
    ...fibJobs.map(({ n }) => [
      `fib(${n})`,
      ...[aurochs, bullmq].map(run => `${fibOf(run, n).value} in ${seconds(fibOf(run, n).ms)}`),
    ]),
    [`${ioJobs.length} I/O jobs alone`, seconds(aurochs.alone), seconds(bullmq.alone)],
    ['sum of the parts', seconds(aurochs.parts), seconds(bullmq.parts)],
    ['wall time, all at once', seconds(aurochs.wall), seconds(bullmq.wall)],
    ['event-loop delay, p99', millis(aurochs.delay.p99), millis(bullmq.delay.p99)],
    ['event-loop delay, max', millis(aurochs.delay.max), millis(bullmq.delay.max)],
  ];
  return rows.map(([what, ...values]) => what.padEnd(24) + values.map(value => value.padStart(22)).join('')).join('\n');
}

const redis = await startRedis(folder);
const { connection } = redis;
const aurochs = await run('Aurochs, fib on native threads', Worker, compileFib(), connection);
const bullmq = await run('BullMQ, fib inline in JavaScript', BullWorker, fib, connection);
await redis.stop();
console.log(`\n${table(aurochs, bullmq)}`);
