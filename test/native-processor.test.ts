// Native processors: how an attempt ends, as the shared library says.
import { native } from 'aurochs';
import { UnrecoverableError } from 'bullmq';
import { compile, fixtures } from './support/compile';
import { useBench } from './support/queue';
import { waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

describe('a native processor', () => {
  it('completes with its result', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'sum'));
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', { a: 40, b: 2 });
    const [job, result, previous] = await completed;
    expect([result, previous]).toEqual([42, 'active']);
    expect(job.returnvalue).toBe(42);
    expect((await queue.getJob(job.id))!.returnvalue).toBe(42);
    expect(worker.engine).toBe('native');
  });

  it('completes without any listener', async () => {
    const queue = bench.queue();
    bench.worker(queue, native(fixtures(), 'sum'), { concurrency: 4 });
    await queue.addBulk(Array.from({ length: 100 }, (_, i) => ({ name: 'job', data: { a: i, b: 1 } })));
    await waitFor(async () => (await queue.getCompletedCount()) === 100);
    for (const job of await queue.getCompleted()) {
      expect(job.returnvalue).toBe(job.data.a + 1);
      expect([job.attemptsMade, job.attemptsStarted]).toEqual([1, 1]);
      expect(job.finishedOn).toBeGreaterThanOrEqual(job.processedOn!);
    }
  });

  it('completes with null when it gives no result', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'nothing'));
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    const [job, result] = await completed;
    expect(result).toBeNull();
    expect(await bench.redis.client().hget(queue.toKey(job.id), 'returnvalue')).toBe('null');
  });

  it('knows its job', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'describe_job'));
    const completed = waitForEvent(worker, 'completed');
    await queue.add('a name', {}, { jobId: 'an-id' });
    expect((await completed)[1]).toEqual({
      id: 'an-id',
      name: 'a name',
      queue: queue.name,
      attemptsMade: 0,
    });
  });

  it.each([
    ['an object', { a: [1, 'ä🐂"\\\n', null, { b: false }] }],
    ['a string', 'with \u0000 and \u001f inside'],
    ['a number', -0.5],
    ['null', null],
    ['a deep array', [[[[[[[]]]]]]]],
  ])('gets the data as it is stored: %s', async (_, data) => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'echo'));
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', data as never);
    expect((await completed)[1]).toEqual(data);
  });

  it('may return 5 MB, and be given as much', async () => {
    const queue = bench.queue();
    const large = bench.worker(queue, native(fixtures(), 'large'));
    const completed = waitForEvent(large, 'completed');
    await queue.add('job', { bytes: 5_000_000 });
    const [, result] = await completed;
    expect(result === 'x'.repeat(5_000_000)).toBe(true);
    await large.close();
    const echo = bench.worker(queue, native(fixtures(), 'echo'));
    const echoed = waitForEvent(echo, 'completed');
    await queue.add('job', { text: result });
    expect((await echoed)[1].text === result).toBe(true);
  });

  it.each([
    ['throws', `thrown for {"tag":1}`],
    ['throws_int', 'the processor threw something that is not a std::exception'],
    ['fails', 'failed "by" hand'],
    ['returns_seven', 'processor returned 7'],
  ])('%s: the attempt fails with the message', async (symbol, message) => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), symbol));
    const failed = waitForEvent(worker, 'failed');
    await queue.add('job', { tag: 1 });
    const [job, error, previous] = await failed;
    expect([error.message, previous]).toEqual([message, 'active']);
    expect(error).toBeInstanceOf(Error);
    const stored = (await queue.getJob(job.id))!;
    expect(stored.failedReason).toBe(message);
    expect(stored.stacktrace![0]).toContain(message);
    expect(stored.stacktrace![0]).toContain(symbol);
    expect(await stored.getState()).toBe('failed');
  });

  it('fails when its result is no JSON, and the message shows it', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'bad_json'));
    const failed = waitForEvent(worker, 'failed');
    await queue.add('job', {});
    const [job, error] = await failed;
    expect(error.message).toMatch(/JSON/);
    expect(error.message).toContain('{"open":');
    expect((await queue.getJob(job.id))!.failedReason).toBe(error.message);
  });

  it('fails when its progress is no JSON', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'bad_progress'));
    const failed = waitForEvent(worker, 'failed');
    await queue.add('job', {});
    const [job, error] = await failed;
    expect(error.message).toMatch(/progress.*JSON/);
    expect((await queue.getJob(job.id))!.progress).toBe(0);
  });

  it('may change its mind: the last of succeed() and fail() counts', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'changes_its_mind'));
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    expect((await completed)[1]).toBe('second thought');
  });

  it('ends the attempts with an unrecoverable error', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'unrecoverable'));
    const failed = waitForEvent(worker, 'failed');
    const added = await queue.add('job', {}, { attempts: 5 });
    const [job, error] = await failed;
    expect(error).toBeInstanceOf(UnrecoverableError);
    expect(error.message).toBe(`for good: ${added.id}`);
    expect(job.attemptsMade).toBe(1);
    expect(await queue.getFailedCount()).toBe(1);
  });

  it('is retried, with backoff', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(fixtures(), 'flaky'));
    const started: number[] = [];
    worker.on('active', job => started.push(job.processedOn!));
    const failures: string[] = [];
    worker.on('failed', (_, error) => failures.push(error.message));
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', { succeedAt: 2 }, { attempts: 3, backoff: { type: 'exponential', delay: 20 } });
    const [job, result] = await completed;
    expect([result, job.attemptsMade]).toEqual([2, 3]);
    expect(failures).toEqual(['attempt 0', 'attempt 1']);
    expect(started[1] - started[0]).toBeGreaterThanOrEqual(20);
    expect(started[2] - started[1]).toBeGreaterThanOrEqual(40);
  });

  it('can be written in C', async () => {
    const library = compile(
      `#include <aurochs/processor.h>
       AUROCHS_PROCESSOR(answer) { return api->succeed(job, "42", AUROCHS_AUTO_LENGTH); }`,
      { name: 'answer', language: 'c' },
    );
    const queue = bench.queue();
    const worker = bench.worker(queue, native(library));
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', {});
    expect((await completed)[1]).toBe(42);
  });

  it('serves several workers, and several names of one library', async () => {
    const [first, second, third] = [bench.queue(), bench.queue(), bench.queue()];
    const sum = native(fixtures(), 'sum');
    const workers = [
      bench.worker(first, sum),
      bench.worker(second, sum),
      bench.worker(third, native(fixtures(), 'echo')),
    ];
    const completed = workers.map(worker => waitForEvents(worker, 'completed', 1));
    for (const queue of [first, second, third]) await queue.add('job', { a: 1, b: 2 });
    const results = (await Promise.all(completed)).map(([[, result]]) => result);
    expect(results).toEqual([3, 3, { a: 1, b: 2 }]);
  });
});
