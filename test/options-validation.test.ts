// Wrong arguments are refused when the worker is made, with BullMQ's own messages.
import { Redis } from 'ioredis';
import { useBench } from './support/queue';
import { Worker } from './support/subject';
import { sleep } from './support/wait';

const bench = useBench();
const processor = async () => undefined;

// BullMQ makes most of its checks when its connections are on their way, and leaves them so. Here they get the time to
// come up, and end with the server.
afterEach(() => sleep(20));
const connect = () => ({ ...bench.connection, retryStrategy: () => null });

const make = (options: object, name: unknown = 'q', what: unknown = processor) => {
  const connection = connect();
  return bench.keep(new Worker(name as string, what as never, { connection, autorun: false, ...options } as never));
};

describe('the worker refuses', () => {
  it.each([
    [{ concurrency: 0 }, 'concurrency must be a finite number greater than 0'],
    [{ concurrency: -3 }, 'concurrency must be a finite number greater than 0'],
    [{ concurrency: 0.5 }, 'concurrency must be a finite number greater than 0'],
    [{ concurrency: Infinity }, 'concurrency must be a finite number greater than 0'],
    [{ concurrency: NaN }, 'concurrency must be a finite number greater than 0'],
    [{ concurrency: '4' }, 'concurrency must be a finite number greater than 0'],
    [{ drainDelay: 0 }, 'drainDelay must be greater than 0'],
    [{ drainDelay: -1 }, 'drainDelay must be greater than 0'],
    [{ drainDelay: '5' }, 'drainDelay must be greater than 0'],
    [{ stalledInterval: 0 }, 'stalledInterval must be greater than 0'],
    [{ stalledInterval: '30' }, 'stalledInterval must be greater than 0'],
    [{ maxStalledCount: -1 }, 'maxStalledCount must be greater or equal than 0'],
    [{ maxStalledCount: '1' }, 'maxStalledCount must be greater or equal than 0'],
    [{ maxStartedAttempts: -1 }, 'maxStartedAttempts must be greater or equal than 0'],
  ])('%j: %s', (options, message) => {
    expect(() => make(options)).toThrow(message);
  });

  it.each([[undefined], [null]])('the connection %p', connection => {
    expect(() => make({ connection })).toThrow('Worker requires a connection');
  });

  it('an ioredis client that gives up on commands', () => {
    const client = new Redis({ ...connect(), lazyConnect: true });
    bench.keep({ close: async () => client.disconnect() });
    expect(client.options.maxRetriesPerRequest).toBe(20); // ioredis's default
    expect(() => make({ connection: client })).toThrow('BullMQ: Your redis options maxRetriesPerRequest must be null.');
  });

  it('to work without options', () => {
    expect(() => new Worker('q', processor, undefined as never)).toThrow('Worker requires a connection');
  });

  it.each([
    ['', 'Queue name must be provided'],
    [undefined, 'Queue name must be provided'],
    ['a:b', 'Queue name cannot contain :'],
  ])('the queue name %p', (name, message) => {
    // A default would hide `undefined`.
    const connection = connect() as never;
    expect(() => new Worker(name as string, processor, { connection, autorun: false })).toThrow(message);
  });

  it('a file that does not exist', () => {
    expect(() => make({}, 'q', '/nowhere/processor')).toThrow('File /nowhere/processor.js does not exist');
    expect(() => make({}, 'q', new URL('file:///nowhere/processor.js'))).toThrow(
      'URL file:///nowhere/processor.js does not exist in the local file system',
    );
  });
});

describe('the worker accepts', () => {
  it.each([
    [{ concurrency: 1 }],
    [{ concurrency: 1.5 }],
    [{ drainDelay: 0.001 }],
    [{ maxStalledCount: 0 }],
    [{ maxStartedAttempts: 0 }],
    [{ limiter: { max: 1, duration: 1 } }],
    [{ limiter: undefined }],
    [{ metrics: { maxDataPoints: 1 } }],
    [{ name: 'n', prefix: 'p' }],
    [{ removeOnComplete: { count: 1 }, removeOnFail: { age: 1 } }],
    [{ settings: {} }],
    [{ lockRenewTime: 1 }],
  ])('%j', options => {
    expect(() => make(options)).not.toThrow();
  });
});
