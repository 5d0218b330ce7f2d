// The programs that are run: the README's quick start, and small ones that end by themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, root } from '../../scripts/lib/run.mjs';

/** What the quick start says once its job is done, on the native loop. */
export const quickStartSays = "{ sent: 'ada@example.com' }";

/** The quick start as it stands in the README, but for the port. */
export function quickStart(port) {
  const section = /^## Quick start\n(.*?)^## /ms.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1];
  const code = /^```js\n(.*?)^```/ms.exec(section ?? '')?.[1];
  if (!code?.includes('6379')) throw new Failure("README.md's quick start has no code with port 6379");
  return code.replace('6379', String(port));
}

/** The same, as CommonJS. */
export function asCommonJs(code) {
  const body = code.replace(
    /^import (\{.*?\}) from (.*?);/gm,
    (_, names, from) => `const ${names.replace(/ as /g, ': ')} = require(${from});`,
  );
  return `(async () => {\n${body}\n})();\n`;
}

/** Runs one job on the native loop and prints `<label> 42`; with a file, on a JavaScript thread. */
export const oneJob = (port, { label = 'done', processor = 'async job => job.data.n * 2', esm = true } = {}) => `
  ${esm ? "import { Queue, Worker } from 'aurochs';" : "const { Queue, Worker } = require('aurochs');"}
  const connection = { host: '127.0.0.1', port: ${port} };
  const name = 'one-' + Math.random();
  const queue = new Queue(name, { connection });
  const worker = new Worker(name, ${processor}, { connection });
  worker.once('completed', async (job, result) => {
    if (worker.engine !== 'native') throw new Error(worker.engineReason);
    await worker.close();
    await queue.close();
    console.log('${label}', result);
  });
  queue.add('job', { n: 21 });
`;

export const processorFile = 'module.exports = async job => job.data.n * 2;\n';

/** The same module in the main thread and in two worker threads. */
export const threads = `
  import { once } from 'node:events';
  import { Worker } from 'node:worker_threads';
  const threads = [1, 2].map(() => new Worker(new URL('./one.mjs', import.meta.url)));
  const codes = await Promise.all([...threads.map(thread => once(thread, 'exit')), import('./one.mjs')]);
  if (codes[0][0] !== 0 || codes[1][0] !== 0) throw new Error('a thread failed');
`;

export const cluster = `
  import cluster from 'node:cluster';
  if (cluster.isPrimary) {
    for (let i = 0; i < 2; i++) cluster.fork();
    cluster.on('exit', (worker, code, signal) => {
      if (code !== 0) throw new Error('a process of the cluster ended with ' + (signal ?? code));
    });
  } else {
    await import('./one.mjs');
    // Its channel to the primary would keep it alive.
    cluster.worker.disconnect();
  }
`;

/** A test of Jest's or Vitest's; the imports are up to the tool. */
export const unitTest = (port, imports) => `
  ${imports}
  test('a job is done on the native loop', async () => {
    const connection = { host: '127.0.0.1', port: ${port} };
    const name = 'unit-' + Math.random();
    const queue = new Queue(name, { connection });
    const worker = new Worker(name, async job => job.data.n * 2, { connection });
    const done = new Promise(resolve => worker.once('completed', (job, result) => resolve(result)));
    await queue.add('job', { n: 21 });
    expect(await done).toBe(42);
    expect(worker.engine).toBe('native');
    await worker.close();
    await queue.close();
  });
`;
