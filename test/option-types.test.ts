// Options that BullMQ takes on trust are checked here: a TypeError says which one, what it must be, and what it was.
import { pathToFileURL } from 'node:url';
import { native, Worker } from 'aurochs';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { Gate, sleep, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

/** A connection that does not outlive its server, for the case that a worker leaves one behind. */
const connect = () => ({ ...bench.connection, retryStrategy: () => null });

const make = (options: object, processor: unknown = async () => undefined, name: unknown = 'the-queue') =>
  bench.keep(
    new Worker(name as string, processor as never, { connection: connect(), autorun: false, ...options } as never),
  );

describe('a TypeError names', () => {
  it.each([
    ['lockDuration', 'x'],
    ['lockDuration', 0],
    ['lockDuration', -1],
    ['lockDuration', NaN],
    ['lockRenewTime', '15'],
    ['maximumRateLimitDelay', 'x'],
    ['runRetryDelay', {}],
    ['maxStartedAttempts', 'three'],
    ['skipStalledCheck', 'yes'],
    ['skipLockRenewal', 1],
    ['autorun', 'false'],
    ['name', 7],
    ['prefix', {}],
    ['limiter', 'fast'],
    ['limiter', 5],
    ['metrics', 'all'],
    ['settings', 'none'],
    ['removeOnComplete', true],
    ['removeOnComplete', 100],
    ['removeOnFail', 'never'],
    ['telemetry', 'on'],
  ])('%s when it is %p', (option, value) => {
    let thrown: unknown;
    try {
      make({ [option]: value });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TypeError);
    const { message } = thrown as Error;
    expect(message).toContain(option);
    expect(message).toContain('the-queue');
    expect(message).toContain(typeof value === 'object' ? JSON.stringify(value) : String(value));
  });

  it.each([
    ['limiter.max', { limiter: { max: 'a', duration: 1000 } }],
    ['limiter.max', { limiter: { duration: 1000 } }],
    ['limiter.max', { limiter: { max: 0, duration: 1000 } }],
    ['limiter.duration', { limiter: { max: 1 } }],
    ['limiter.duration', { limiter: { max: 1, duration: '1s' } }],
    ['metrics.maxDataPoints', { metrics: { maxDataPoints: 'many' } }],
    ['settings.backoffStrategy', { settings: { backoffStrategy: 'double' } }],
    ['removeOnComplete.count', { removeOnComplete: { count: 'few' } }],
    ['removeOnFail.age', { removeOnFail: { age: 'old' } }],
  ])('%s within %j', (path, options) => {
    expect(() => make(options)).toThrow(TypeError);
    expect(() => make(options)).toThrow(path);
  });

  it.each([[7], [true], [{}], [['a.js']], [Symbol('s')]])('the processor when it is %p', processor => {
    expect(() => make({}, processor)).toThrow(TypeError);
    expect(() => make({}, processor)).toThrow(/processor/);
  });

  it('the queue name when it is no text', () => {
    expect(() => make({}, undefined, 7)).toThrow(TypeError);
  });
});

it.each([[0], [-1], [1.5], [65_536], ['x'], [NaN]])('a TypeError tells that %p is no port', port => {
  const connection = { ...connect(), port };
  expect(() => make({ connection })).toThrow(TypeError);
  expect(() => make({ connection })).toThrow('connection.port must be an integer from 1 to 65535');
});

it('a worker that was refused has opened no connection', async () => {
  const clients = async () =>
    String(await bench.redis.cli('CLIENT', 'LIST'))
      .trim()
      .split('\n').length;
  const before = await clients();
  for (const options of [{ lockDuration: 'x' }, { concurrency: 0 }, { limiter: {} }, { drainDelay: 0 }]) {
    expect(() => make(options)).toThrow();
    expect(() => make(options, native(fixtures(), 'sum'))).toThrow();
  }
  expect(() => make({}, '/nowhere/processor.js')).toThrow('File /nowhere/processor.js does not exist');
  expect(() => make({}, pathToFileURL('/nowhere/processor.js'))).toThrow('does not exist in the local file system');
  await sleep(50); // long enough for a connection to come up
  expect(await clients()).toBe(before);
});

describe('a time that never comes', () => {
  /** How many commands the server has been sent so far, with those of scripts. */
  const commands = async () =>
    [...String(await bench.redis.cli('INFO', 'commandstats')).matchAll(/:calls=(\d+)/g)].reduce(
      (sum, [, calls]) => sum + Number(calls),
      0,
    );

  /** The server has nothing to do for a while, but to say so. */
  const idle = () =>
    waitFor(
      async () => {
        const before = await commands();
        await sleep(50);
        return (await commands()) - before <= 2;
      },
      { what: 'the worker to be idle' },
    );

  it.each(
    ['drainDelay', 'lockDuration', 'lockRenewTime', 'stalledInterval', 'maximumRateLimitDelay'].flatMap(option =>
      [Infinity, 2 ** 53].map(value => [option, value] as const),
    ),
  )('%s: %p keeps the worker quiet: before, in and after a job, and when it is rate limited', async (option, value) => {
    const queue = bench.queue();
    const gate = new Gate<string>();
    const worker = bench.worker(queue, () => gate.opened, {
      ...{ drainDelay: 60, lockDuration: 60_000, stalledInterval: 60_000 },
      limiter: { max: 2, duration: 600_000 },
      [option]: value,
    });
    await worker.waitUntilReady();
    await idle();
    const completed = waitForEvents(worker, 'completed', 2);
    const active = waitForEvent(worker, 'active');
    await queue.add('job', {});
    await active;
    await idle();
    gate.open('done');
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    await idle();
    await queue.addBulk([2, 3].map(i => ({ name: 'job', data: i })));
    expect((await completed).map(([, result]) => result)).toEqual(['done', 'done']);
    await idle();
    expect(await queue.getJobCounts('prioritized', 'wait', 'active')).toEqual({ prioritized: 0, wait: 1, active: 0 });
    expect(worker.errors).toEqual([]);
  });
});

it('the same options are checked with a native processor', () => {
  expect(() => make({ lockDuration: 'x' }, native(fixtures(), 'sum'))).toThrow(TypeError);
  expect(() => make({ concurrency: 0 }, native(fixtures(), 'sum'))).toThrow(
    'concurrency must be a finite number greater than 0',
  );
});
