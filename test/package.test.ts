// The package from outside: CommonJS and ES modules, both with one Worker class, in a process of their own.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as aurochs from 'aurochs';
import * as bullmq from 'bullmq';
import { useBench } from './support/queue';

const bench = useBench();
const kRoot = join(__dirname, '..');

/** Runs a program in the package's folder, where it can import itself by name, and returns what it prints as JSON. */
async function run(source: string, kind: 'commonjs' | 'module', ...args: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--input-type=${kind}`, '--eval', source, '--', ...args],
    { cwd: kRoot, timeout: 20_000 },
  );
  return JSON.parse(stdout);
}

describe('the package', () => {
  it('exports everything that BullMQ exports, and only Worker is another', () => {
    const own = aurochs as unknown as Record<string, unknown>;
    const theirs = bullmq as unknown as Record<string, unknown>;
    for (const name of Object.keys(theirs)) {
      if (name === 'Worker' || name === 'default') continue;
      expect([name, own[name] === theirs[name]]).toEqual([name, true]);
    }
    expect(aurochs.Worker).not.toBe(bullmq.Worker);
    expect(Object.getPrototypeOf(aurochs.Worker)).toBe(bullmq.Worker);
  });

  it('adds native, pool and include', () => {
    expect(typeof aurochs.native).toBe('function');
    expect(Object.keys(aurochs.pool).sort()).toEqual(['configure', 'stats']);
    expect(existsSync(join(aurochs.include, 'aurochs', 'processor.h'))).toBe(true);
    expect(existsSync(join(aurochs.include, 'aurochs', 'processor.hpp'))).toBe(true);
  });

  it("keeps BullMQ's static Worker.RateLimitError()", () => {
    expect(aurochs.Worker.RateLimitError()).toBeInstanceOf(bullmq.RateLimitError);
  });

  it('gives one Worker class to require and to import', async () => {
    const source = `
      import { createRequire } from 'node:module';
      import * as esm from 'aurochs';
      import { Worker, Queue, native, pool, include } from 'aurochs';
      import { Worker as BullWorker } from 'bullmq';
      const cjs = createRequire(process.cwd() + '/')('aurochs');
      const names = Object.keys(cjs).filter(name => name !== 'default');
      console.log(JSON.stringify({
        same: cjs.Worker === Worker && cjs.Queue === Queue && cjs.native === native && cjs.pool === pool,
        missing: names.filter(name => !(name in esm)),
        extendsBullMQ: Object.getPrototypeOf(Worker).name === BullWorker.name,
        include,
      }));`;
    expect(await run(source, 'module')).toEqual({
      same: true,
      missing: [],
      extendsBullMQ: true,
      include: aurochs.include,
    });
  });

  const kWork = `
    const connection = { host: '127.0.0.1', port: Number(process.argv.at(-1)) };
    const queue = new Queue('package', { connection });
    const worker = new Worker('package', async job => job.data.n * 2, { connection });
    const done = new Promise(resolve => worker.once('completed', (job, result) => resolve(result)));
    queue.add('job', { n: 21 });
    done.then(async result => {
      await worker.close();
      await queue.close();
      console.log(JSON.stringify([result, worker.engine]));
    });`;

  it.each([
    ['commonjs', `const { Queue, Worker } = require('aurochs');`],
    ['module', `import { Queue, Worker } from 'aurochs';`],
  ] as const)('works as %s, and lets the process end by itself after close()', async (kind, load) => {
    expect(await run(load + kWork, kind, String(bench.redis.port))).toEqual([42, 'native']);
  });

  it('lets a process end that only loads it', async () => {
    expect(await run(`require('aurochs'); console.log(1)`, 'commonjs')).toBe(1);
    const stats = `const { pool } = require('aurochs'); console.log(JSON.stringify(pool.stats()))`;
    expect(await run(stats, 'commonjs')).toMatchObject({ busy: 0, queued: 0 });
  });

  it('keeps a process alive while a worker waits for jobs', async () => {
    const source = `
      const { Worker } = require('aurochs');
      const connection = { host: '127.0.0.1', port: Number(process.argv.at(-1)) };
      const worker = new Worker('alive', async () => process.stdout.write(JSON.stringify('worked')), { connection });
      worker.on('completed', () => worker.close());`;
    const done = run(source, 'commonjs', String(bench.redis.port));
    const queue = bench.queue({ name: 'alive' });
    await queue.add('job', {});
    expect(await done).toBe('worked');
  });
});
