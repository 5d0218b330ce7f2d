// Workers that share a connection: what goes wrong with one is no trouble of the others'. And what holds a worker open.
import { Worker as Thread } from 'node:worker_threads';
import { Bench } from './support/queue';
import { isAurochs } from './support/subject';
import { waitFor, waitForEvent } from './support/wait';

const bench = new Bench();
// What no server takes in one piece: it hangs up without a word.
beforeAll(() => bench.open({ args: ['--client-query-buffer-limit', '1mb'] }));
afterEach(() => bench.clear());
afterAll(() => bench.stop());

it('a result that costs the connection does not keep others from working', async () => {
  const [large, healthy] = [bench.queue(), bench.queue()];
  const culprit = bench.worker(large, async () => 'x'.repeat(2 * 1024 * 1024), { lockDuration: 120_000 });
  const other = bench.worker(healthy, async () => 'done', { concurrency: 10 });
  await Promise.all([culprit.waitUntilReady(), other.waitUntilReady()]);
  await large.add('job', {});
  await waitFor(() => culprit.errors.length >= 3);
  for (let round = 1; round <= 3; round++) {
    await healthy.addBulk(Array.from({ length: 100 }, () => ({ name: 'job', data: {} })));
    await waitFor(async () => (await healthy.getCompletedCount()) === 100 * round);
  }
  expect(await large.getCompletedCount()).toBe(0);
});

if (isAurochs) {
  it('closes although a retryStrategy has given up while a job waited to be completed', async () => {
    const away = new Bench();
    await away.open();
    const connection = { ...away.connection, retryStrategy: (times: number) => (times > 2 ? null : 10) };
    const queue = away.queue();
    let finish!: () => void;
    const finished = new Promise<void>(resolve => (finish = resolve));
    const worker = away.worker(queue, () => finished, { connection });
    const active = waitForEvent(worker, 'active');
    await queue.add('job', {});
    await active;
    await away.redis.kill();
    await waitFor(() => worker.errors.some(error => error.message.includes('retryStrategy allows no further attempt')));
    finish();
    await worker.close();
    await away.clear();
    await away.stop();
  });
}

it('disconnect() leaves nothing of a worker that has fetched by hand', async () => {
  const queue = bench.queue();
  const worker = bench.worker(queue, async () => undefined, { autorun: false });
  await worker.waitUntilReady();
  await queue.add('job', {});
  expect(await worker.getNextJob('token')).toBeDefined();
  await worker.disconnect();
  await waitFor(async () => (await queue.getWorkersCount()) === 0);
});

if (isAurochs) {
  it('an environment may be terminated while it makes a worker', async () => {
    const code = `
      const { Worker } = require(${JSON.stringify(require.resolve('aurochs'))});
      for (let i = 0; ; i++) {
        new Worker('q' + i, async () => undefined, { connection: { host: '127.0.0.1', port: 1, tls: {} } }).on('error', () => 0);
      }`;
    for (let round = 0; round < 10; round++) {
      const thread = new Thread(code, { eval: true });
      await waitForEvent(thread, 'online');
      setTimeout(() => void thread.terminate(), 10 * round);
      await waitForEvent(thread, 'exit');
    }
  });
}
