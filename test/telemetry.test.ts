// The `telemetry` option: the spans and counters that BullMQ emits, with their parents and attributes.
import { SpanKind } from 'bullmq';
import { useBench } from './support/queue';
import { RecordedTelemetry } from './support/spans';
import { waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

describe('telemetry', () => {
  it('has a consumer span for each attempt, with what happened to the job', async () => {
    const telemetry = new RecordedTelemetry();
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => `result of ${job.name}`, { telemetry, name: 'spy' });
    const added = await queue.add('name', {});
    await waitFor(() => telemetry.of('process')[0]?.ended === 1);
    const [span] = telemetry.of('process');
    expect([span.name, span.kind]).toEqual([`process ${queue.name}`, SpanKind.CONSUMER]);
    expect(span.attributes).toMatchObject({
      'bullmq.queue.name': queue.name,
      'bullmq.worker.id': worker.id,
      'bullmq.worker.name': 'spy',
      'bullmq.job.id': added.id,
      'bullmq.job.name': 'name',
      'bullmq.job.attempts.made': 1,
    });
    expect(span.attributes['bullmq.job.attempt_finished_timestamp']).toBeGreaterThanOrEqual(
      span.attributes['bullmq.job.processed.timestamp'] as number,
    );
    expect(span.events).toEqual(['job completed']);
  });

  it('has the span of completing or failing inside that of the attempt', async () => {
    const telemetry = new RecordedTelemetry();
    const queue = bench.queue();
    const worker = bench.worker(
      queue,
      async job => {
        if (job.name !== 'works') throw new Error('told to');
      },
      { telemetry },
    );
    const failed = waitForEvents(worker, 'failed', 5);
    await queue.add('works', {});
    await queue.add('fails', {});
    await queue.add('retries', {}, { attempts: 2 });
    await queue.add('delays', {}, { attempts: 2, backoff: 10 });
    await failed;
    await waitFor(() => telemetry.of('process').filter(span => span.ended).length === 6);
    for (const [operation, count] of [
      ['complete', 1],
      ['fail', 3],
      ['retry', 1],
      ['delay', 1],
    ] as const) {
      const spans = telemetry.of(operation);
      expect([operation, spans.length]).toEqual([operation, count]);
      for (const span of spans) {
        const parent = telemetry.spans.find(({ id }) => id === span.parentId)!;
        expect(parent.attributes['bullmq.queue.operation']).toBe('process');
        expect(parent.attributes['bullmq.job.id']).toBe(span.attributes['bullmq.job.id']);
        expect(span.ended).toBe(1);
      }
    }
    expect(telemetry.of('process').filter(span => span.events.includes('job failed'))).toHaveLength(5);
  });

  it('continues the trace of the producer', async () => {
    const telemetry = new RecordedTelemetry();
    const queue = bench.queue({ telemetry });
    const worker = bench.worker(queue, async () => undefined, { telemetry });
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    await completed;
    const [add] = telemetry.of('add');
    await waitFor(() => telemetry.of('process').length > 0);
    expect(telemetry.of('process')[0].parentId).toBe(add.id);
  });

  it('makes the span of the attempt active in the processor', async () => {
    const telemetry = new RecordedTelemetry();
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => telemetry.contextManager.active().spanId, { telemetry });
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    const [, spanId] = await completed;
    expect(spanId).toBe(telemetry.of('process')[0].id);
  });

  it('keeps the contexts of jobs in flight apart', async () => {
    const telemetry = new RecordedTelemetry();
    const queue = bench.queue();
    const worker = bench.worker(
      queue,
      async job => {
        await new Promise(resolve => setTimeout(resolve, job.data % 5));
        return telemetry.contextManager.active().spanId;
      },
      { telemetry, concurrency: 5 },
    );
    const completed = waitForEvents(worker, 'completed', 20);
    await queue.addBulk(Array.from({ length: 20 }, (_, i) => ({ name: 'job', data: i })));
    for (const [job, spanId] of await completed) {
      const span = telemetry.spans.find(({ id }) => id === spanId)!;
      expect(span.attributes['bullmq.job.id']).toBe(job.id);
    }
  });

  it('has spans for what the worker does besides', async () => {
    const telemetry = new RecordedTelemetry();
    const queue = bench.queue();
    await queue.add('job', {});
    const worker = bench.worker(queue, () => new Promise(resolve => setTimeout(resolve, 150)), {
      telemetry,
      stalledInterval: 30,
      lockDuration: 120,
    });
    await waitForEvent(worker, 'completed');
    await waitFor(() => telemetry.of('moveStalledJobsToWait').length > 1);
    expect(telemetry.of('extendLocks')[0].attributes['bullmq.worker.jobs.to.extend.locks']).toHaveLength(1);
    expect(telemetry.of('moveStalledJobsToWait')[0].kind).toBe(SpanKind.INTERNAL);
    await worker.pause();
    await worker.resume();
    await worker.close();
    for (const operation of ['startStalledCheckTimer', 'pause', 'resume', 'close']) {
      expect([operation, telemetry.of(operation).length > 0]).toEqual([operation, true]);
    }
    expect(telemetry.of('close')[0].attributes['bullmq.worker.force.close']).toBe(false);
    for (const span of telemetry.spans) expect([span.name, span.ended]).toEqual([span.name, 1]);
  });

  it("lets run() be called once: BullMQ's error for every other, from outside and from within", async () => {
    const telemetry = new RecordedTelemetry();
    const queue = bench.queue();
    await queue.add('job', {});
    const refused = (running: Promise<void>) =>
      running.then(
        () => 'ran',
        (error: Error) => error.message,
      );
    const worker = bench.worker(queue, async () => refused(worker.run()), { telemetry, autorun: false });
    const completed = waitForEvent(worker, 'completed');
    const running = worker.run();
    // The first one is still in its span.
    expect(await refused(worker.run())).toBe('Worker is already running.');
    expect((await completed)[1]).toBe('Worker is already running.');
    expect(await refused(worker.run())).toBe('Worker is already running.');
    expect(telemetry.of('startStalledCheckTimer')).toHaveLength(1);
    await worker.close();
    await running;
    expect(await refused(worker.run())).toBe('ran');
    expect(worker.isRunning()).toBe(false);
    expect(worker.errors).toEqual([]);
  });

  it('counts jobs by what became of them', async () => {
    const telemetry = new RecordedTelemetry();
    const queue = bench.queue();
    const worker = bench.worker(
      queue,
      async job => {
        if (job.name === 'fails') throw new Error('told to');
      },
      { telemetry },
    );
    const failed = waitForEvent(worker, 'failed');
    await queue.addBulk(['works', 'works', 'fails'].map(name => ({ name, data: {} })));
    await failed;
    expect(telemetry.counts.get('bullmq.jobs.completed')).toBe(2);
    expect(telemetry.counts.get('bullmq.jobs.failed')).toBe(1);
    expect(telemetry.counts.get('bullmq.job.duration')).toBe(3);
  });
});
