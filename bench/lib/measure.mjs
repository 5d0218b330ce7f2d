// One measurement: a fresh redis-server with the snapshot's jobs, a fresh process with the worker.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../scripts/lib/run.mjs';
import { measuredQueue, warmUpQueue } from './fixture.mjs';
import { startRedis } from './redis-server.mjs';

const subjectFile = fileURLToPath(new URL('subject.mjs', import.meta.url));
/** How often the number of completed jobs is looked at, in ms. The times come from the jobs, not from these looks. */
const pollInterval = 20;
const timeout = 120_000;

/** The measured process, as functions that ask it. It ends with this process. */
class Subject {
  constructor(options) {
    this.child = fork(subjectFile, [JSON.stringify(options)]);
    this.child.once('exit', code => (this.exitCode = code ?? 1));
  }

  async receive() {
    const ended = new AbortController();
    const exit = once(this.child, 'exit', { signal: ended.signal }).then(() => {
      throw new Failure('the measured process ended; what it printed says why');
    });
    const message = once(this.child, 'message', { signal: ended.signal });
    try {
      return (await Promise.race([message, exit]))[0].value;
    } finally {
      ended.abort();
      exit.catch(() => undefined);
    }
  }

  ask(command) {
    const answer = this.receive();
    this.child.send(command);
    return answer;
  }

  async stop() {
    if (this.exitCode === undefined) {
      const exit = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exit;
    }
  }
}

/** Waits until `count` jobs are completed; watches from outside, so that it costs no subject anything. */
async function completed(redis, queue, count, subject) {
  const deadline = performance.now() + timeout;
  for (;;) {
    const [done, failed] = await Promise.all(['completed', 'failed'].map(set => redis.zcard(`bull:${queue}:${set}`)));
    if (failed > 0) throw new Failure(`${failed} jobs failed in ${queue}`);
    if (done >= count) return;
    if (subject.exitCode !== undefined) throw new Failure('the measured process ended; what it printed says why');
    if (performance.now() > deadline) throw new Failure(`only ${done} of ${count} jobs completed in ${timeout} ms`);
    await sleep(pollInterval);
  }
}

/** From the first job's start to the last one's end, in ms, as the worker noted them in Redis. */
async function workingTime(redis) {
  const started = Number(await redis.hget(`bull:${measuredQueue}:1`, 'processedOn'));
  const [, finished] = await redis.zrevrange(`bull:${measuredQueue}:completed`, 0, 0, 'WITHSCORES');
  return Number(finished) - started;
}

/**
 * @returns jobs per second, CPU time in µs for each job of the worker's process (its children included) and of Redis,
 *   and the private memory of that process and its children at the end, in bytes
 */
export async function measure({ peerName, scenarioName, concurrency, jobs, warmUp, folder, snapshot, library }) {
  const redis = await startRedis(folder, snapshot);
  const { connection } = redis;
  const subject = new Subject({ peerName, scenarioName, concurrency, connection, library });
  try {
    await subject.receive();
    await subject.ask('warmUp');
    await completed(redis.client, warmUpQueue, warmUp, subject);
    const redisBefore = await redis.cpu();
    const clientBefore = await subject.ask('run');
    await completed(redis.client, measuredQueue, jobs, subject);
    const clientAfter = await subject.ask('usage');
    const redisAfter = await redis.cpu();
    return {
      jobsPerSecond: (jobs / (await workingTime(redis.client))) * 1000,
      clientCpu: (clientAfter.cpu - clientBefore.cpu) / jobs,
      redisCpu: (redisAfter - redisBefore) / jobs,
      memory: clientAfter.memory,
    };
  } finally {
    await subject.stop();
    await redis.stop();
  }
}
