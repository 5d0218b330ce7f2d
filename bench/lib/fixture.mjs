// What every measurement starts from: the queues filled once and saved as a snapshot, and the processor compiled once.
//
// Only the jobs of the warm-up wait in them. Those that are measured are held back, and released all at once when the
// workers have done the others: so they meet workers that are warm, connected and idle.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from './plug-ins.mjs';
import { startRedis } from './redis-server.mjs';

/** The queues of a setting. */
export const queuesOf = ({ queues }) =>
  queues === 1 ? ['measured'] : Array.from({ length: queues }, (_, i) => `measured-${i + 1}`);

const inEach = (jobs, { queues }) => Math.max(1, Math.round(jobs / queues));

/** How many of its jobs each of them holds. */
export const jobsInEach = setting => inEach(setting.jobs, setting);
export const warmUpInEach = setting => inEach(setting.warmUp, setting);

async function fill(store, redis, queue, scenario, setting) {
  const data = i => scenario.data(i, setting);
  if (!scenario.startsEmpty) {
    await store.fill(redis.connection, queue, jobsInEach(setting), data, scenario.jobOptions);
    if (setting.backlog) await store.repeat(redis.client, queue, setting.backlog);
    await store.hold(redis.client, queue);
  }
  await store.fill(redis.connection, queue, warmUpInEach(setting), data, scenario.jobOptions);
}

/** @returns the file name of the snapshot that it writes into `folder` */
export async function makeSnapshot(folder, scenario, storeName, setting) {
  const store = await load('stores', storeName);
  const snapshot = `${scenario.name}-${setting.label.replace(/\W+/g, '-')}-${storeName}.rdb`;
  const redis = await startRedis(folder, snapshot);
  try {
    for (const queue of queuesOf(setting)) await fill(store, redis, queue, scenario, setting);
    await redis.client.save();
  } finally {
    await redis.stop();
  }
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
