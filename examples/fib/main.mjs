// The same CPU-bound work everywhere: fib on JavaScript threads and on native threads, fed by Aurochs, and on Python's
// processes and Go's goroutines, where those are installed. While it runs, an interval timer shows that the event loop
// of this process is free.
//
//   node examples/fib/main.mjs [n …]      (34 35 36)
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Queue, Worker, include, native } from 'aurochs';
import { measureLoopDelay } from '../demo/loop-delay.mjs';
import { startRedis } from '../demo/redis-server.mjs';

const given = process.argv.slice(2).map(Number);
const numbers = given.length > 0 ? given : [34, 35, 36];
const here = name => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'aurochs-fib-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

function compileNative() {
  const library = join(folder, 'fib.so');
  const flags = ['-std=c++17', '-O2', '-shared', '-fPIC', '-I', include];
  execFileSync('c++', [...flags, here('../demo/fib.cc'), '-o', library]);
  return native(library);
}

/** The numbers as jobs of one Worker. */
async function withWorker(name, processor, connection) {
  const queue = new Queue(name, { connection });
  const worker = new Worker(name, processor, { connection, concurrency: numbers.length, autorun: false });
  const results = [];
  const done = new Promise((resolve, reject) => {
    worker.on('completed', (job, result) => {
      if (results.push(result) === numbers.length) resolve();
    });
    worker.on('failed', (job, error) => reject(error));
    worker.on('error', reject);
  });
  await worker.waitUntilReady();
  const start = performance.now();
  worker.run();
  await queue.addBulk(numbers.map(n => ({ name: 'fib', data: { n } })));
  await done;
  const wall = performance.now() - start;
  await worker.close();
  await queue.close();
  return { results, wall };
}

/** Another language's program; undefined when that isn't installed. */
async function program(command, args) {
  const start = performance.now();
  try {
    const { stdout } = await promisify(execFile)(command, [...args, ...numbers.map(String)]);
    const results = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    return { results, wall: performance.now() - start };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function goProgram() {
  const binary = join(folder, 'fib');
  try {
    execFileSync('go', ['build', '-o', binary, here('fib.go')], { stdio: 'ignore' });
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  return program(binary, []);
}

const redis = await startRedis(folder);
const fibNative = compileNative();
const contenders = [
  ['JavaScript threads', () => withWorker('javascript', here('fib.cjs'), redis.connection)],
  ['native threads', () => withWorker('native', fibNative, redis.connection)],
  ['Python, multiprocessing', () => program('python3', [here('fib.py')])],
  ['Go, goroutines', goProgram],
];

const columns = [26, ...numbers.map(() => 22), 10, 16];
const line = cells => console.log(cells.map((cell, i) => String(cell)[i ? 'padStart' : 'padEnd'](columns[i])).join(''));
line(['', ...numbers.map(n => `fib(${n})`), 'wall', 'loop delay, max']);
let expected;
for (const [title, run] of contenders) {
  const stop = measureLoopDelay();
  const outcome = await run();
  const { max } = stop();
  if (!outcome) {
    line([title, 'not installed']);
    continue;
  }
  const results = new Map(outcome.results.map(result => [result.n, result]));
  const values = numbers.map(n => results.get(n).value);
  assert.deepEqual(values, (expected ??= values), `${title} computes the same`);
  const cells = numbers.map(n => `${results.get(n).value} in ${results.get(n).ms.toFixed(0)} ms`);
  line([title, ...cells, `${outcome.wall.toFixed(0)} ms`, `${max.toFixed(0)} ms`]);
}
await redis.stop();
