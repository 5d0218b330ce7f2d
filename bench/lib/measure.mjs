// One measurement: a fresh redis-server with the snapshot's jobs, fresh processes with the workers.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../scripts/lib/run.mjs';
import { queuesOf, warmUpInEach } from './fixture.mjs';
import { load } from './plug-ins.mjs';
import { startRedis } from './redis-server.mjs';
import { SubjectProcess } from './subject-process.mjs';

/** In ms: before a measurement is given up, and for each of its jobs in addition. */
const timeout = 120_000;
const timeoutOfJob = 20;
/** A process is at rest when for so long, in ms, it has used less than this share of a core; in ms, how long that may take. */
const quiet = 50;
const idleShare = 0.1;
const settling = 5000;

/** How many jobs of all queues have come to the end that they are meant to come to. */
export async function progress({ store, redis, setting }) {
  const counts = await Promise.all(queuesOf(setting).map(queue => store.progress(redis.client, queue)));
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  if (setting.end === 'failed') return failed;
  if (failed > 0) throw new Failure(`${failed} jobs failed`);
  return counts.reduce((sum, count) => sum + count.done, 0);
}

/** Waits until `count` jobs are completed; watches from outside, so that it costs no subject anything. */
export async function completed(context, count) {
  const limit = timeout + count * timeoutOfJob;
  const deadline = performance.now() + limit;
  // How often is looked, in ms: rarely where the times come from the jobs and not from these looks.
  const interval = context.store.times ? 20 : 5;
  for (;;) {
    const done = await progress(context);
    if (done >= count) return;
    for (const subject of context.subjects) subject.check();
    if (performance.now() > deadline) throw new Failure(`only ${done} of ${count} jobs completed in ${limit} ms`);
    await sleep(interval);
  }
}

/** Waits until nothing goes on in the subjects any more, so that each thread or process that they want has started. */
async function settled({ askAll }) {
  const deadline = performance.now() + settling;
  for (let before = await askAll('cpu'); performance.now() < deadline;) {
    await sleep(quiet);
    const after = await askAll('cpu');
    if (after.every((cpu, i) => cpu - before[i] < idleShare * quiet * 1000)) return;
    before = after;
  }
}

/**
 * @param peer, scenario the plug-ins
 * @param setting of this measurement, from `settings.mjs`
 * @param files `{ folder, snapshot, library }`, from `fixture.mjs`
 * @returns figures by name; `metrics.mjs` knows what they are
 */
export async function measure({ peer, scenario, setting, files }) {
  const { folder, snapshot, library } = files;
  const store = await load('stores', peer.store ?? 'bullmq');
  const run = await load('measures', scenario.measure ?? 'drain');
  const redis = await startRedis(folder, snapshot, { aof: setting.aof });
  const { connection } = redis;
  const options = { peer: peer.name, scenario: scenario.name, setting, connection, library };
  const subjects = Array.from({ length: setting.processes }, () => new SubjectProcess(options));
  const askAll = (command, argument) => Promise.all(subjects.map(subject => subject.ask(command, argument)));
  const context = { peer, scenario, setting, store, redis, subjects, askAll };
  try {
    await Promise.all(subjects.map(subject => subject.receive()));
    await askAll('start');
    if (!peer.drives) await completed(context, warmUpInEach(setting) * setting.queues);
    await settled(context);
    return await run(context);
  } finally {
    await Promise.all(subjects.map(subject => subject.stop()));
    await redis.stop();
  }
}
