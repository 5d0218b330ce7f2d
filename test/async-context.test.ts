// AsyncLocalStorage: processors and listeners run in the context of who started the worker, and in no other's.
import { AsyncLocalStorage } from 'node:async_hooks';
import { native } from 'aurochs';
import type { Job } from 'bullmq';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { isAurochs, type SubjectWorker } from './support/subject';
import { Gate, sleep, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();
const storage = new AsyncLocalStorage<string>();

/** Which contexts the listeners of these events were called in. */
function contextsOf(worker: SubjectWorker, events: string[]): Map<string, Set<string | undefined>> {
  const contexts = new Map<string, Set<string | undefined>>(events.map(event => [event, new Set()]));
  for (const event of events) worker.on(event as 'ready', () => contexts.get(event)!.add(storage.getStore()));
  return contexts;
}

const all = (events: string[], context: string) => new Map(events.map(event => [event, new Set([context])]));

describe('the context', () => {
  it('of the constructor is that of the processor and of the listeners', async () => {
    const queue = bench.queue();
    const events = ['ready', 'active', 'progress', 'completed', 'failed', 'drained', 'locksRenewed'];
    const worker = storage.run('constructor', () =>
      bench.worker(
        queue,
        async job => {
          if (job.name === 'fails') throw new Error('told to');
          await job.updateProgress(50);
          if (job.name === 'lasts') await waitForEvent(worker, 'locksRenewed');
          return storage.getStore();
        },
        { lockRenewTime: 40 },
      ),
    );
    const contexts = contextsOf(worker, events);
    const completed = waitForEvents(worker, 'completed', 2);
    const failed = waitForEvent(worker, 'failed');
    const drained = waitForEvent(worker, 'drained');
    await storage.run('producer', () => queue.addBulk(['works', 'fails', 'lasts'].map(name => ({ name, data: {} }))));
    expect((await completed).map(([, result]) => result)).toEqual(['constructor', 'constructor']);
    await Promise.all([failed, drained]);
    await waitFor(() => [...contexts.values()].every(seen => seen.size > 0));
    expect(contexts).toEqual(all(events, 'constructor'));
  });

  it('of run() is, when the worker does not start by itself', async () => {
    const queue = bench.queue();
    await queue.add('job', {});
    const events = ['active', 'completed', 'drained'];
    const worker = storage.run('constructor', () =>
      bench.worker(queue, async () => storage.getStore(), { autorun: false }),
    );
    const contexts = contextsOf(worker, events);
    const completed = waitForEvent(worker, 'completed');
    const drained = waitForEvent(worker, 'drained');
    storage.run('run', () => void worker.run());
    expect((await completed)[1]).toBe('run');
    await drained;
    expect(contexts).toEqual(all(events, 'run'));
  });

  it('of resume() is, when nothing was running any more; otherwise that of run() stays', async () => {
    const queue = bench.queue();
    const worker = storage.run('constructor', () => bench.worker(queue, async () => storage.getStore()));
    const next = async () => {
      const completed = waitForEvent(worker, 'completed');
      await queue.add('job', {});
      return (await completed)[1];
    };
    expect(await next()).toBe('constructor');
    await worker.pause();
    await storage.run('resume', () => worker.resume());
    expect(await next()).toBe('resume');
  });

  it('of resume() is not, while jobs of before the pause still run', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    const worker = storage.run('constructor', () =>
      bench.worker(
        queue,
        async job => {
          if (job.name === 'held') await gate.opened;
          return storage.getStore();
        },
        { concurrency: 2 },
      ),
    );
    const active = waitForEvent(worker, 'active');
    await queue.add('held', {});
    await active;
    await worker.pause(true);
    await storage.run('resume', () => worker.resume());
    const completed = waitForEvents(worker, 'completed', 2);
    await queue.add('job', {});
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    gate.open();
    expect((await completed).map(([, result]) => result)).toEqual(['constructor', 'constructor']);
  });

  it('that a job makes for itself is neither seen by other jobs nor by listeners', async () => {
    const queue = bench.queue();
    const before: unknown[] = [];
    const processor = (job: Job) => {
      before.push(storage.getStore());
      return storage.run(`job ${job.id}`, async () => {
        await sleep(job.data % 3);
        if (job.attemptsMade === 0 && job.data % 2) throw new Error('told to');
        return storage.getStore();
      });
    };
    const events = ['active', 'completed', 'failed'];
    const worker = storage.run('outside', () => bench.worker(queue, processor, { concurrency: 4, autorun: false }));
    const contexts = contextsOf(worker, events);
    const completed = waitForEvents(worker, 'completed', 20);
    await queue.addBulk(Array.from({ length: 20 }, (_, i) => ({ name: 'job', data: i, opts: { attempts: 2 } })));
    storage.run('outside', () => void worker.run());
    for (const [job, result] of await completed) expect(result).toBe(`job ${job.id}`);
    expect(before).toEqual(Array(30).fill('outside'));
    expect(contexts).toEqual(all(events, 'outside'));
  });

  it('of close() is that of closing and closed, not of the last job', async () => {
    const queue = bench.queue();
    const gate = new Gate();
    const worker = storage.run('constructor', () =>
      bench.worker(queue, async () => {
        await gate.opened;
        return storage.getStore();
      }),
    );
    const events = ['completed', 'closing', 'closed'];
    const contexts = contextsOf(worker, events);
    const active = waitForEvent(worker, 'active');
    await queue.add('job', {});
    await active;
    const closing = storage.run('close', () => worker.close());
    storage.run('gate', () => gate.open());
    await closing;
    expect(contexts).toEqual(
      new Map([
        ['completed', new Set(['constructor'])],
        ['closing', new Set(['close'])],
        ['closed', new Set(['close'])],
      ]),
    );
  });

  if (isAurochs) {
    it('is the same for the listeners of native jobs', async () => {
      const queue = bench.queue();
      const events = ['active', 'progress', 'completed', 'drained'];
      const worker = storage.run('constructor', () => bench.worker(queue, native(fixtures(), 'reports')));
      const contexts = contextsOf(worker, events);
      const drained = waitForEvent(worker, 'drained');
      const completed = waitForEvents(worker, 'completed', 3);
      await storage.run('producer', () => queue.addBulk([1, 2, 3].map(i => ({ name: 'job', data: i }))));
      await Promise.all([completed, drained]);
      expect(contexts).toEqual(all(events, 'constructor'));
    });
  }
});
