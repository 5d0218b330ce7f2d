// A worker in a process of its own, which tells of its memory all the time and of its errors in the end.
import { readFileSync } from 'node:fs';
import { Cluster } from 'ioredis';
import { input, say, sleep, subject } from '../programs/child.mjs';

const { connection, cluster, queue, prefix, library, options = {} } = input;
const client = cluster
  ? new Cluster(cluster, { redisOptions: { maxRetriesPerRequest: null }, clusterRetryStrategy: () => 100 })
  : connection;
client.on?.('error', () => undefined);

const processor = library ? subject.native(library, 'nap_for') : job => sleep(job.data.ms);
if (library) subject.pool.configure({ threads: 50 });
const worker = new subject.Worker(queue, processor, {
  ...{ connection: client, prefix, concurrency: 50 },
  // However often a job loses its worker, it is done in the end.
  ...{ lockDuration: 2000, stalledInterval: 500, maxStalledCount: 1_000_000, runRetryDelay: 500, drainDelay: 5 },
  ...options,
});
const errors = {};
worker.on('error', error => {
  const code = error.code ?? error.message.split(/[ :,]/, 1)[0];
  errors[code] = (errors[code] ?? 0) + 1;
});
worker.waitUntilReady().then(
  () => say('working', { engine: worker.engine ?? 'bullmq', reason: worker.engineReason }),
  error => say('refused', { message: error.message }),
);

const megabytes = (file, field) => Number(new RegExp(`${field}:\\s*(\\d+)`).exec(readFileSync(file, 'utf8'))[1]) / 1024;
setInterval(() => {
  const file = '/proc/self/smaps_rollup';
  say('memory', { rss: megabytes(file, 'Rss'), own: megabytes(file, 'Private_Dirty') });
}, 1000);

process.once('SIGTERM', () => {
  say('closing', { errors });
  setTimeout(() => process.exit(), 5000);
  worker.close().then(
    () => process.exit(),
    () => process.exit(1),
  );
});
