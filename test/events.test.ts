// The worker's events: their arguments, their order, and the one job object that they share with the processor.
import { Job } from 'bullmq';
import { useBench } from './support/queue';
import { Worker } from './support/subject';
import { sleep, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

describe('events of a job', () => {
  it('come in order, with their arguments', async () => {
    const queue = bench.queue();
    const seen: unknown[][] = [];
    const worker = bench.worker(
      queue,
      async job => {
        seen.push(['processor', job.id]);
        await job.updateProgress(50);
        if (job.name === 'fails') throw new Error('told to');
        return { ok: job.id };
      },
      { autorun: false },
    );
    worker.on('active', (job, previous) => seen.push(['active', job.id, previous]));
    worker.on('progress', (job, progress) => seen.push(['progress', job.id, progress]));
    worker.on('completed', (job, result, previous) => seen.push(['completed', job.id, result, previous]));
    worker.on('failed', (job, error, previous) => seen.push(['failed', job!.id, error.message, previous]));
    const drained = waitForEvent(worker, 'drained');
    const works = await queue.add('works', {});
    const fails = await queue.add('fails', {});
    void worker.run();
    await drained;
    await waitFor(() => seen.length === 8);
    expect(seen).toEqual([
      ['active', works.id, 'waiting'],
      ['processor', works.id],
      ['progress', works.id, 50],
      ['completed', works.id, { ok: works.id }, 'active'],
      ['active', fails.id, 'waiting'],
      ['processor', fails.id],
      ['progress', fails.id, 50],
      ['failed', fails.id, 'told to', 'active'],
    ]);
  });

  it('carry the object that the processor gets', async () => {
    const queue = bench.queue();
    const objects = new Map<string, Set<unknown>>();
    const note = (job: Job) => {
      const set = objects.get(job.id!) ?? new Set();
      objects.set(job.id!, set.add(job));
    };
    const worker = bench.worker(
      queue,
      async job => {
        note(job);
        await job.updateProgress(1);
        if (job.data % 2) throw new Error('odd');
      },
      { concurrency: 4 },
    );
    worker.on('active', note);
    worker.on('progress', note);
    worker.on('completed', note);
    worker.on('failed', job => note(job!));
    await queue.addBulk(Array.from({ length: 20 }, (_, i) => ({ name: 'job', data: i })));
    await waitFor(async () => (await queue.getFailedCount()) + (await queue.getCompletedCount()) === 20);
    expect(objects.size).toBe(20);
    for (const set of objects.values()) {
      expect(set.size).toBe(1);
      expect([...set][0]).toBeInstanceOf(Job);
    }
  });

  it('show the job as it is stored: result, times, attempts', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => ({ value: 1 }));
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    const [job] = await completed;
    const stored = (await queue.getJob(job.id))!;
    for (const field of ['returnvalue', 'finishedOn', 'processedOn', 'attemptsMade', 'attemptsStarted'] as const) {
      expect([field, stored[field]]).toEqual([field, job[field]]);
    }
    expect(job.returnvalue).toEqual({ value: 1 });
  });

  it('come when Redis has the new state', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => {
      if (job.name === 'fails') throw new Error('told to');
    });
    const states: Promise<unknown>[] = [];
    worker.on('active', job => states.push(job.getState()));
    worker.on('completed', job => states.push(job.getState()));
    worker.on('failed', job => states.push(job!.getState()));
    const completed = waitForEvent(worker, 'completed');
    await queue.add('works', {}, { delay: 1 });
    await completed;
    const failed = waitForEvent(worker, 'failed');
    await queue.add('fails', {});
    await failed;
    const seen = await Promise.all(states);
    expect([seen[1], seen[3]]).toEqual(['completed', 'failed']);
  });

  it('reach listeners that are added late, and not those that are taken off', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => job.data);
    const seen: unknown[] = [];
    const listener = (_job: Job, result: unknown) => void seen.push(result);
    for (let i = 0; i < 4; i++) {
      if (i === 1) worker.on('completed', listener);
      if (i === 3) worker.off('completed', listener);
      const completed = waitForEvent(worker, 'completed');
      await queue.add('job', i);
      await completed;
    }
    expect(seen).toEqual([1, 2]);
  });

  it('reach QueueEvents in the order in which they happen', async () => {
    const queue = bench.queue();
    const events = await bench.events(queue);
    const seen: unknown[][] = [];
    for (const name of ['added', 'waiting', 'active', 'completed', 'failed']) {
      events.on(name as 'added', ({ jobId }) => seen.push([name, jobId]));
    }
    const failed = waitForEvent(events, 'failed');
    bench.worker(queue, async job => {
      if (job.name === 'fails') throw new Error('told to');
      return 'done';
    });
    const completed = waitForEvent(events, 'completed');
    const works = await queue.add('works', {});
    await completed;
    const fails = await queue.add('fails', {});
    expect((await failed)[0]).toMatchObject({ jobId: fails.id, failedReason: 'told to', prev: 'active' });
    const of = (id?: string) => [...new Set(seen.filter(([, jobId]) => jobId === id).map(([name]) => name))];
    expect(of(works.id)).toEqual(['added', 'waiting', 'active', 'completed']);
    expect(of(fails.id)).toEqual(['added', 'waiting', 'active', 'failed']);
  });
});

describe('events of the worker', () => {
  it('ready comes once both connections are', async () => {
    const worker = bench.worker(bench.queue(), async () => undefined);
    await waitForEvent(worker, 'ready');
    const manual = bench.worker(bench.queue());
    await waitForEvent(manual, 'ready');
  });

  it('drained comes when nothing waits any more, once until there was work again', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => undefined, { autorun: false });
    let drained = 0;
    worker.on('drained', () => drained++);
    await queue.addBulk(Array.from({ length: 10 }, (_, i) => ({ name: 'job', data: i })));
    const completed = waitForEvents(worker, 'completed', 10);
    void worker.run();
    await completed;
    await waitFor(() => drained === 1);
    await sleep(30);
    expect(drained).toBe(1);
    await queue.add('job', {});
    await waitFor(() => drained === 2);
    await sleep(30);
    expect(drained).toBe(2);
  });

  it('drained is stored for QueueEvents, too', async () => {
    const queue = bench.queue();
    const events = await bench.events(queue);
    const drained = waitForEvent(events, 'drained');
    bench.worker(queue, async () => undefined);
    await queue.add('job', {});
    await drained;
  });

  it('error carries what a listener throws', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => undefined);
    const thrown = new Error('in a listener');
    worker.on('completed', () => {
      throw thrown;
    });
    await queue.add('job', {});
    await waitFor(() => worker.errors.includes(thrown));
    expect(await queue.getCompletedCount()).toBe(1);
  });

  it('error comes for a connection that is refused, and run() goes on once there is one', async () => {
    const worker = new Worker('nowhere', async () => undefined, {
      connection: { host: '127.0.0.1', port: 1, retryStrategy: () => 20 },
    });
    const [error] = await waitForEvent(worker, 'error');
    expect(String(error)).toMatch(/ECONNREFUSED|connect|refused/i);
    await worker.close(true);
  });

  it('emit() is open to the application', () => {
    const worker = bench.worker(bench.queue(), async () => undefined, { autorun: false });
    const seen: unknown[] = [];
    worker.on('custom' as never, ((value: unknown) => seen.push(value)) as never);
    expect(worker.emit('custom' as never, ...([1] as never))).toBe(true);
    expect(seen).toEqual([1]);
  });
});
