// Loaded before a page's program: keeps track of its workers, and gives what follows the program something to ask.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { Queue, Worker } = createRequire(join(process.cwd(), 'index.js'))('aurochs');

// A page's workers are those that run: it needn't name them.
const workers = [];
const { run } = Worker.prototype;
Worker.prototype.run = function (...args) {
  workers.push(this);
  return run.apply(this, args);
};

/** Adds a job for a worker, and gives its result; rejects with its error. */
async function work(worker, name, data, options) {
  const ended = new Map();
  let settle = () => {};
  const note = (job, settled) => settle(ended.set(job.id, settled));
  worker.on('completed', (job, result) => note(job, [result]));
  worker.on('failed', (job, error) => note(job, [undefined, error]));
  const queue = new Queue(worker.name, { connection: worker.opts.connection });
  const { id } = await queue.add(name, data, options);
  while (!ended.has(id)) await new Promise(resolve => (settle = resolve));
  const [result, error] = ended.get(id);
  if (error) throw error;
  return result;
}

Object.assign(globalThis, {
  assert,
  once,
  work,
  workers,
  /** The program's end: its workers are ready, native, and had no errors. */
  async finish(after) {
    const errors = [];
    for (const worker of workers) worker.on('error', error => errors.push(error));
    assert.notEqual(workers.length, 0);
    await after();
    for (const worker of workers) {
      assert.equal(worker.engine, 'native', worker.engineReason);
      if (!worker.closing) await worker.waitUntilReady();
    }
    assert.deepEqual(errors, []);
    await Promise.all(workers.map(worker => worker.close(true)));
    process.exit(0);
  },
});
