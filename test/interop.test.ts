// Stock BullMQ around one queue with the worker under test: producers, flows, QueueEvents, another worker, getters;
// and producers and QueueEvents of BullMQ 5.
import { FlowProducer, Queue, QueueEvents, Worker as BullWorker, type Job } from 'bullmq';
import * as bullmq5 from 'bullmq5';
import { native } from 'aurochs';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { isAurochs } from './support/subject';
import { Gate, waitFor, waitForEvent } from './support/wait';

const bench = useBench();

const versions = { 'BullMQ 6': { Queue, QueueEvents, FlowProducer }, 'BullMQ 5': bullmq5 };

const processors: Record<string, () => object> = {
  inline: () => async (job: Job) => {
    if (job.name === 'fails') throw new Error('as told');
    if (job.name === 'parent') return job.getChildrenValues();
    return job.data;
  },
  // Fails when the attempt comes too early, and answers with the attempt otherwise.
  ...(isAurochs ? { native: () => native(fixtures(), 'flaky') } : {}),
};

describe.each(Object.entries(versions))(
  'producers and QueueEvents of %s',
  (_, { Queue, QueueEvents, FlowProducer }) => {
    /** A queue and its events, of this version of BullMQ. */
    async function open() {
      const queue = bench.queue();
      const { connection } = bench;
      const producer = bench.keep(new (Queue as typeof bullmq5.Queue)(queue.name, { connection }));
      // From the beginning: waitUntilReady() does not mean that it reads already.
      const options = { connection, lastEventId: '0' };
      const events = bench.keep(new (QueueEvents as typeof bullmq5.QueueEvents)(queue.name, options));
      await events.waitUntilReady();
      return { queue, producer, events };
    }

    it.each(Object.entries(processors))('wait until jobs are finished, processor: %s', async (kind, processor) => {
      const { queue, producer, events } = await open();
      bench.worker(queue, processor(), { concurrency: 3 });
      const good = await producer.addBulk([1, 2, 3].map(i => ({ name: 'job', data: { i } })));
      const results = await Promise.all(good.map(job => job.waitUntilFinished(events)));
      expect(results).toEqual(kind === 'native' ? [0, 0, 0] : [{ i: 1 }, { i: 2 }, { i: 3 }]);
      const bad = await producer.add('fails', { succeedAt: 1 });
      await expect(bad.waitUntilFinished(events)).rejects.toThrow(kind === 'native' ? 'attempt 0' : 'as told');
      const delayed = await producer.add('job', {}, { delay: 50, priority: 2 });
      expect(await delayed.waitUntilFinished(events)).toEqual(kind === 'native' ? 0 : {});
    });

    it.each(Object.entries(processors))('see every event of jobs, processor: %s', async (_, processor) => {
      const { queue, producer, events } = await open();
      const seen: string[] = [];
      for (const event of [
        'added',
        'waiting',
        'active',
        'completed',
        'failed',
        'delayed',
        'retries-exhausted',
      ] as const) {
        events.on(event as 'added', ({ jobId }) => seen.push(`${event} ${jobId}`));
      }
      const drained = waitForEvent(events, 'drained');
      await producer.addBulk([
        { name: 'job', data: { succeedAt: 0 } },
        { name: 'fails', data: { succeedAt: 2 } },
      ]);
      bench.worker(queue, processor());
      await waitFor(() => seen.includes('failed 2'));
      await drained;
      expect(seen.filter(event => event.endsWith('1'))).toEqual(['added 1', 'waiting 1', 'active 1', 'completed 1']);
      const ofSecond = seen.filter(event => event.endsWith('2'));
      expect(ofSecond.slice(0, 4)).toEqual(['added 2', 'waiting 2', 'active 2', 'failed 2']);
    });

    it('add flows that an inline processor works', async () => {
      const { queue, events } = await open();
      const flows = bench.keep(new (FlowProducer as typeof bullmq5.FlowProducer)({ connection: bench.connection }));
      bench.worker(queue, processors.inline());
      const { job } = await flows.add({
        name: 'parent',
        queueName: queue.name,
        children: ['a', 'b'].map(name => ({
          name,
          queueName: queue.name,
          data: name,
          opts: { jobId: `child-${name}` },
        })),
      });
      expect(await job.waitUntilFinished(events)).toEqual({
        [`bull:${queue.name}:child-a`]: 'a',
        [`bull:${queue.name}:child-b`]: 'b',
      });
    });

    it('schedule jobs that come again', async () => {
      const { queue, producer } = await open();
      bench.worker(queue, processors.inline());
      await producer.upsertJobScheduler('often', { every: 60, limit: 3 }, { name: 'job', data: { scheduled: true } });
      await waitFor(async () => (await queue.getCompletedCount()) === 3);
      expect((await queue.getCompleted()).map(job => job.data)).toEqual(Array(3).fill({ scheduled: true }));
    });

    it('pause and resume the queue, limit it, and take jobs away', async () => {
      const { queue, producer, events } = await open();
      const worker = bench.worker(queue, processors.inline(), { drainDelay: 60 });
      await worker.waitUntilReady();
      await producer.pause();
      const jobs = await producer.addBulk([1, 2, 3].map(i => ({ name: 'job', data: { i } })));
      await producer.setGlobalConcurrency(1);
      await jobs[1].remove();
      expect(await queue.getCompletedCount()).toBe(0);
      await producer.resume();
      expect(await jobs[2].waitUntilFinished(events)).toEqual({ i: 3 });
      expect(await queue.getCompletedCount()).toBe(2);
    });

    it('hear of progress', async () => {
      const { queue, producer, events } = await open();
      const progress = waitForEvent(events, 'progress');
      bench.worker(queue, async job => job.updateProgress({ half: true }));
      const job = await producer.add('job', {});
      expect((await progress)[0]).toMatchObject({ jobId: job.id, data: { half: true } });
    });
  },
);

describe("a worker of BullMQ's on the same queue", () => {
  it.each(Object.keys(processors))('shares the jobs, processor of the other: %s', async kind => {
    const queue = bench.queue();
    const gate = new Gate();
    const runs = new Map<string, number>();
    const ran = (job: Job) => void runs.set(job.id!, (runs.get(job.id!) ?? 0) + 1);
    const stockProcessor = async (job: Job) => {
      ran(job);
      await gate.opened;
      return 'stock';
    };
    // The stock worker is stuck in its first jobs until the other one has done all the rest.
    const stock = bench.keep(
      new BullWorker(queue.name, stockProcessor, { connection: bench.connection, name: 'stock', concurrency: 2 }),
    );
    await stock.waitUntilReady();
    const jobs = await queue.addBulk(Array.from({ length: 40 }, () => ({ name: 'job', data: {} })));
    await waitFor(() => runs.size === 2);
    const ours = kind === 'native' ? processors.native() : async (job: Job) => ran(job);
    bench.worker(queue, ours, { name: 'ours', concurrency: 4 });
    await waitFor(async () => (await queue.getCompletedCount()) === 38);
    gate.open();
    await waitFor(async () => (await queue.getCompletedCount()) === 40);
    const done = await Promise.all(jobs.map(job => queue.getJob(job.id!)));
    const by = done.map(job => job!.processedBy);
    expect(by.filter(name => name === 'stock')).toHaveLength(2);
    expect(by.filter(name => name === 'ours')).toHaveLength(38);
    expect([...runs.values()].every(count => count === 1)).toBe(true);
  });

  it('recovers the jobs of one that was closed by force, and the other way round', async () => {
    for (const stockDies of [false, true]) {
      const queue = bench.queue();
      const job = await queue.add('job', {});
      const options = { connection: bench.connection, lockDuration: 200, stalledInterval: 100, drainDelay: 1 };
      const stuck = () => new Promise(() => undefined);
      const dying = stockDies ? new BullWorker(queue.name, stuck, options) : bench.worker(queue, stuck, options);
      await waitFor(async () => (await queue.getActiveCount()) === 1);
      await dying.close(true);
      const rescue = async () => 'rescued';
      const other = stockDies
        ? bench.worker(queue, rescue, options)
        : bench.keep(new BullWorker(queue.name, rescue, options));
      const [stalled] = await waitForEvent(other, 'stalled');
      expect(stalled).toBe(job.id);
      await waitFor(async () => (await queue.getJob(job.id!))!.returnvalue === 'rescued');
    }
  });

  it('is listed by getWorkers() as the other one is', async () => {
    const listed: object[][] = [];
    for (const Class of [BullWorker, undefined]) {
      const queue = bench.queue({ name: `workers-${listed.length}` });
      for (const name of ['with-a-name', undefined]) {
        const options = { connection: bench.connection, ...(name ? { name } : {}) };
        const worker = Class
          ? bench.keep(new Class(queue.name, async () => 1, options))
          : bench.worker(queue, async () => 1, options);
        await worker.waitUntilReady();
      }
      await waitFor(async () => (await queue.getWorkersCount()) === 2);
      const described = (await queue.getWorkers()).map(({ name, rawname }) => ({
        name,
        rawname: decode(rawname, queue),
      }));
      listed.push(described.sort((a, b) => a.rawname.localeCompare(b.rawname)));
    }
    expect(listed[1].map(anonymous)).toEqual(listed[0].map(anonymous));
    expect(JSON.stringify(listed[1])).toContain('with-a-name');
  });
});

/** A client's name with the queue's readable. */
function decode(rawname: string, queue: Queue): string {
  return rawname.replace(Buffer.from(queue.name).toString('base64'), queue.name);
}

const anonymous = (listed: object) => JSON.parse(JSON.stringify(listed).replace(/workers-\d/g, '<queue>')) as object;
