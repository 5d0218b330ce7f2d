// Options that BullMQ takes on trust are checked here: a TypeError says which one, what it must be, and what it was.
import { pathToFileURL } from 'node:url';
import { native, Worker } from 'aurochs';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { sleep } from './support/wait';

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

it('the same options are checked with a native processor', () => {
  expect(() => make({ lockDuration: 'x' }, native(fixtures(), 'sum'))).toThrow(TypeError);
  expect(() => make({ concurrency: 0 }, native(fixtures(), 'sum'))).toThrow(
    'concurrency must be a finite number greater than 0',
  );
});
