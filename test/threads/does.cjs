// Does what the job's data say.
const { execFileSync } = require('node:child_process');
const { setTimeout: sleep } = require('node:timers/promises');
const { threadId } = require('node:worker_threads');

const actions = {
  return: job => job.data.value,
  where: () => threadId,
  async sleep(job) {
    await sleep(job.data.ms);
    return threadId;
  },
  spin(job) {
    const end = Date.now() + job.data.ms;
    while (Date.now() < end);
    return threadId;
  },
  forever() {
    for (;;);
  },
  untilAborted: (job, token, signal) =>
    new Promise((_, reject) => {
      const stop = () =>
        reject(signal.reason instanceof Error ? signal.reason : new Error(`aborted: ${signal.reason}`));
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop);
      setInterval(() => {}, 1000);
    }),
  /** Tells its thread as its progress, and goes on until it is cancelled. */
  async hold(job, token, signal) {
    await job.updateProgress(threadId);
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve));
    return threadId;
  },
  never: () => new Promise(() => setInterval(() => {}, 1000)),
  block(job) {
    execFileSync('sleep', [String(job.data.seconds)]);
  },
  throw(job) {
    throw Object.assign(new Error(job.data.message, { cause: new Error('the cause') }), { code: 'E_CODE' });
  },
  async throwLate(job) {
    await sleep(job.data.ms);
    throw new Error('on purpose');
  },
  throwNull() {
    throw null;
  },
  exit(job) {
    process.exit(job.data.code);
  },
  exhaust() {
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(kept.length));
  },
  async uncaught() {
    setImmediate(() => {
      throw new Error('uncaught in a callback');
    });
    await sleep(10_000);
  },
  unserialisable: () => 1n,
  async report(job) {
    for (let i = 1; i <= job.data.times; i++) {
      await job.log(`row ${i}`);
      await job.updateProgress(i);
    }
    return job.progress;
  },
  async update(job) {
    await job.updateData({ ...job.data, seen: true });
    return job.data;
  },
  async delay(job, token) {
    if (job.attemptsStarted > 1) return 'second';
    await job.moveToDelayed(Date.now() + 20, token);
    throw Object.assign(new Error('delayed'), { name: 'DelayedError' });
  },
  async wait(job, token) {
    if (job.attemptsStarted > 1) return 'second';
    await job.moveToWait(token);
    throw Object.assign(new Error('waiting'), { name: 'WaitingError' });
  },
  unrecoverable() {
    throw Object.assign(new Error('no use'), { name: 'UnrecoverableError' });
  },
  async children(job, token) {
    if (await job.moveToWaitingChildren(token)) {
      throw Object.assign(new Error('children'), { name: 'WaitingChildrenError' });
    }
    return {
      values: Object.values(await job.getChildrenValues()),
      failures: Object.values(await job.getIgnoredChildrenFailures()),
      count: await job.getDependenciesCount(),
    };
  },
};

module.exports = (job, token, signal) => actions[job.data.action ?? job.name](job, token, signal);
