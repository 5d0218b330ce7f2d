// What every measurement starts from: the queues filled once and saved as a snapshot, and the processor compiled once.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { startRedis } from './redis-server.mjs';

export const warmUpQueue = 'warm-up';
export const measuredQueue = 'measured';

const chunk = 1000;

async function fill(name, count, scenario, connection) {
  const queue = new Queue(name, { connection });
  for (let from = 0; from < count; from += chunk) {
    const indexes = Array.from({ length: Math.min(chunk, count - from) }, (_, i) => from + i);
    await queue.addBulk(indexes.map(i => ({ name: 'job', data: scenario.data(i) })));
  }
  await queue.close();
}

/** Writes a snapshot with `jobs` waiting jobs, and `warmUp` in another queue; returns its file name. */
export async function makeSnapshot(folder, scenario, { jobs, warmUp }) {
  const snapshot = `${scenario.name}-${jobs}.rdb`;
  const redis = await startRedis(folder, snapshot);
  await fill(warmUpQueue, warmUp, scenario, redis.connection);
  await fill(measuredQueue, jobs, scenario, redis.connection);
  await redis.client.save();
  await redis.stop();
  return snapshot;
}

/** Compiles the scenario's native processor; returns the library's path. */
export async function compileProcessor(folder, scenario) {
  const { include } = await import('aurochs');
  const library = join(folder, `${scenario.name}.so`);
  const source = fileURLToPath(scenario.native.source);
  execFileSync('c++', ['-std=c++17', '-O2', '-shared', '-fPIC', '-I', include, source, '-o', library]);
  return library;
}
