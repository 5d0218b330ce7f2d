// Subclasses of Worker that override BullMQ's hooks: each is called, whichever loop runs.
import { native } from 'aurochs';
import { Job } from 'bullmq';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { isAurochs, Worker, type SubjectWorker } from './support/subject';
import { waitFor, waitForEvent } from './support/wait';

const bench = useBench();

/** A worker of `Subclass` that the bench closes. */
function make(Subclass: typeof Worker, queue: string, processor: unknown, options: object = {}): SubjectWorker {
  const worker = new Subclass(queue, processor as never, {
    connection: bench.connection,
    drainDelay: 1,
    ...options,
  }) as SubjectWorker;
  worker.errors = [];
  worker.on('error', error => worker.errors.push(error));
  return bench.keep(worker);
}

/** A subclass whose `hook` counts its calls and does what BullMQ's does. */
function counting(hook: string): { Subclass: typeof Worker; calls: () => number } {
  let calls = 0;
  class Subclass extends Worker {}
  const inherited = (Worker.prototype as unknown as Record<string, (...args: unknown[]) => unknown>)[hook];
  Object.defineProperty(Subclass.prototype, hook, {
    configurable: true,
    writable: true,
    value(this: unknown, ...args: unknown[]) {
      calls++;
      return inherited.apply(this, args);
    },
  });
  return { Subclass, calls: () => calls };
}

function expectEngine(worker: SubjectWorker, engine: 'native' | 'bullmq', reason: string | RegExp): void {
  if (!isAurochs) return;
  expect(worker.engine).toBe(engine);
  expect(worker.engineReason).toMatch(reason);
}

describe('a subclass that overrides', () => {
  it.each([
    'processJob',
    'handleCompleted',
    'nextJobFromJobData',
    'moveToActive',
    'moveStalledJobsToWait',
    'extendJobLocks',
    'getBlockTimeout',
    'getRateLimitDelay',
  ])("%s runs on BullMQ's loop, and the hook is called", async hook => {
    const { Subclass, calls } = counting(hook);
    const queue = bench.queue();
    const processor = async () => {
      if (hook === 'extendJobLocks') await waitFor(() => calls() > 0);
      return 'done';
    };
    const options = { limiter: { max: 1, duration: 20 }, lockRenewTime: 20 };
    const worker = make(Subclass, queue.name, processor, options);
    expectEngine(worker, 'bullmq', `the subclass overrides ${hook}`);
    await queue.addBulk([1, 2].map(i => ({ name: 'job', data: i })));
    await waitFor(async () => (await queue.getCompletedCount()) === 2 && calls() > 0);
    await worker.close();
    expect(worker.errors).toEqual([]);
  });

  it('the class of its jobs gets jobs of that class', async () => {
    class OwnJob extends Job {}
    class Subclass extends Worker {
      protected override get Job() {
        return OwnJob as never;
      }
    }
    const queue = bench.queue();
    const worker = make(Subclass, queue.name, async (job: Job) => job instanceof OwnJob);
    expectEngine(worker, 'bullmq', 'the subclass overrides Job');
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    expect((await completed)[1]).toBe(true);
  });

  it('a hook of its own parent class is found, too', async () => {
    const { Subclass, calls } = counting('moveToActive');
    class Grandchild extends Subclass {}
    const queue = bench.queue();
    const worker = make(Grandchild, queue.name, async () => 'done');
    expectEngine(worker, 'bullmq', 'the subclass overrides moveToActive');
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    await completed;
    expect(calls()).toBeGreaterThan(0);
  });

  it.each(['callProcessJob', 'createJob', 'handleFailed', 'emit', 'getUnrecoverableErrorMessage'])(
    '%s keeps its loop, and the hook is called',
    async hook => {
      const { Subclass, calls } = counting(hook);
      const queue = bench.queue();
      const worker = make(Subclass, queue.name, () => Promise.reject(new Error('told to')));
      expectEngine(worker, 'native', 'inline processor');
      const failed = waitForEvent(worker, 'failed');
      await queue.add('job', {});
      expect((await failed)[1].message).toBe('told to');
      expect(calls()).toBeGreaterThan(0);
    },
  );

  if (isAurochs) {
    it('a hook runs native processors as well', async () => {
      const { Subclass, calls } = counting('processJob');
      const queue = bench.queue();
      const worker = make(Subclass, queue.name, native(fixtures(), 'sum'));
      expectEngine(worker, 'bullmq', 'the subclass overrides processJob');
      const completed = waitForEvent(worker, 'completed');
      await queue.add('job', { a: 1, b: 2 });
      expect((await completed)[1]).toBe(3);
      expect(calls()).toBe(1);
    });
  }
});

it('a subclass that overrides nothing of that keeps the native loop', async () => {
  class Subclass extends Worker {
    readonly seen: string[] = [];
    override on(event: never, listener: never): this {
      this.seen?.push(event);
      return super.on(event, listener);
    }
  }
  const queue = bench.queue();
  const worker = make(Subclass, queue.name, async () => 'done');
  expectEngine(worker, 'native', 'inline processor');
  const completed = waitForEvent(worker, 'completed');
  await queue.add('job', {});
  expect((await completed)[1]).toBe('done');
  expect((worker as unknown as Subclass).seen).toEqual(['error', 'completed']);
});
