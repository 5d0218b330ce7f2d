// Processors by job name: each job where its processor belongs.
import { join } from 'node:path';
import { native } from 'aurochs';
import type { Job } from 'bullmq';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { Gate, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();
const does = join(__dirname, 'threads', 'does.cjs');

const inline = (): Promise<number> => Promise.resolve(1);

describe('an object of processors by job name', () => {
  it('runs each job with its own, and others with *', async () => {
    const queue = bench.queue();
    const worker = bench.worker(
      queue,
      { sum: native(fixtures(), 'sum'), where: does, '*': async (job: Job) => `inline ${job.name}` },
      { concurrency: 4 },
    );
    expect(worker.engine).toBe('native');
    expect(worker.engineReason).toMatch(/by job name/);
    const completed = waitForEvents(worker, 'completed', 4);
    await queue.add('sum', { a: 1, b: 2 });
    await queue.add('where', {});
    await queue.add('other', {});
    await queue.add('another', {});
    const results = Object.fromEntries((await completed).map(([job, result]) => [job.name, result]));
    expect(results).toEqual({
      sum: 3,
      where: expect.any(Number),
      other: 'inline other',
      another: 'inline another',
    });
    expect(results.where).toBeGreaterThan(0);
  });

  it('fails a job that none of them takes, and says which there are', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, { where: does, mail: async () => null });
    const failed = waitForEvent(worker, 'failed');
    await queue.add('sms', {});
    expect((await failed)[1].message).toBe(
      "the worker has no processor for jobs named 'sms', only for 'where', 'mail'. Add one, or '*' for all others",
    );
    const completed = waitForEvent(worker, 'completed');
    await queue.add('mail', {});
    await completed;
  });

  it("keeps each within a concurrency of its own, and doesn't starve the others", async () => {
    const queue = bench.queue();
    const gate = new Gate();
    let running = 0;
    let most = 0;
    const slow = async () => {
      most = Math.max(most, ++running);
      await gate.opened;
      running--;
    };
    const worker = bench.worker(
      queue,
      { slow: { processor: slow, concurrency: 2 }, quick: async () => 'quick' },
      { concurrency: 4 },
    );
    const quick = waitForEvents(worker, 'completed', 3);
    await queue.addBulk(Array.from({ length: 6 }, () => ({ name: 'slow', data: {} })));
    await queue.addBulk(Array.from({ length: 3 }, () => ({ name: 'quick', data: {} })));
    for (const [, result] of await quick) expect(result).toBe('quick');
    expect([running, most]).toEqual([2, 2]);
    const slowOnes = waitForEvents(worker, 'completed', 6);
    gate.open();
    await slowOnes;
    expect(most).toBe(2);
  });

  it.each([
    ['a file', () => ({ processor: does, concurrency: 1, threads: 1 })],
    ['a native processor', () => ({ processor: native(fixtures(), 'nap_for'), concurrency: 1 })],
  ])('keeps %s within its concurrency', async (_, route) => {
    const queue = bench.queue();
    const worker = bench.worker(queue, { sleep: route() }, { concurrency: 8 });
    const completed = waitForEvents(worker, 'completed', 5);
    await queue.addBulk(Array.from({ length: 5 }, () => ({ name: 'sleep', data: { ms: 20 } })));
    await completed;
    await worker.close();
    // One after the other: none begins to be processed before the one ahead has ended, fetched as it may be.
    const jobs = await queue.getCompleted();
    const ends = jobs.map(job => job.finishedOn!).sort((a, b) => a - b);
    for (let i = 1; i < ends.length; i++) expect(ends[i] - ends[i - 1]).toBeGreaterThanOrEqual(19);
  });

  it('limits the time of each', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, {
      forever: { processor: does, timeLimit: 100 },
      '*': async () => 'fine',
    });
    const failed = waitForEvent(worker, 'failed');
    await queue.add('forever', {});
    expect((await failed)[1].message).toMatch(/timeLimit of 100 ms/);
  });

  it('retries, by attempts, the job of a route', async () => {
    const queue = bench.queue();
    let calls = 0;
    const worker = bench.worker(queue, {
      flaky: async () => {
        if (++calls < 3) throw new Error('not yet');
        return calls;
      },
      throw: does,
    });
    const completed = waitForEvent(worker, 'completed');
    const final = await queue.add('throw', { message: 'no' }, { attempts: 2 });
    await queue.add('flaky', {}, { attempts: 3 });
    expect((await completed)[1]).toBe(3);
    await waitFor(async () => (await final.getState()) === 'failed');
  });

  it.each([
    [{}, /is empty/],
    [{ a: 1 }, /the processor must be a function/],
    [{ a: null }, /no processor for jobs named 'a'/],
    [{ a: { processor: inline, concurrency: 0 } }, /'a'.concurrency must be a whole number/],
    [{ a: { processor: inline, timeLimit: -1 } }, /'a'.timeLimit must be a positive number/],
    [{ a: { processor: inline, timelimit: 1 } }, /'a': there is no option timelimit/],
    [{ a: { concurrency: 2 } }, /must not be|no processor|must be/],
    [{ a: '/nowhere/file.js' }, /File \/nowhere\/file.js does not exist/],
  ])('is checked: %j', (routes, message) => {
    expect(() => bench.worker('q', routes as object, { autorun: false })).toThrow(message);
  });

  it('needs the native loop for files, and says so', () => {
    const connection = { ...bench.connection, tls: { ALPNProtocols: ['redis'] } };
    expect(() => bench.worker('q', { a: does }, { autorun: false, connection })).toThrow(
      /files among processors by job name need threads of the native loop, but connection.tls.ALPNProtocols has no native counterpart/,
    );
  });
});
