// What becomes of `connection`, form by form: an endpoint, or a reason. Nothing is connected to.
import { createBunRedisClient, createIORedisClient, createValkeyGlideClient, RedisConnection } from 'bullmq';
import { Redis } from 'ioredis';
import { defaults, endpoint, map, reason, who } from './support/connection-forms';

describe('options', () => {
  it.each<[string, object, object]>([
    ['none', {}, {}],
    ['host and port', { host: 'redis', port: 7 }, { host: 'redis', port: 7 }],
    ['a port as text', { port: '7' }, { port: 7 }],
    ['an empty host', { host: '' }, {}],
    ['a path', { path: '/run/redis.sock' }, { path: '/run/redis.sock' }],
    ['a family', { family: 6 }, { family: 6 }],
    ['a family by name', { family: 'IPv4' }, { family: 4 }],
    ['a user', { username: 'bob', password: 'x' }, { username: 'bob', password: 'x' }],
    ['a password that is a number', { password: 1234 }, { password: '1234' }],
    ['a database', { db: 3 }, { db: 3 }],
    ['a database as text', { db: '3' }, { db: 3 }],
    ['a timeout', { connectTimeout: 100 }, { connectTimeout: 100 }],
    ['no timeout', { connectTimeout: 0 }, { connectTimeout: 0 }],
    [
      'an endless timeout',
      { connectTimeout: Infinity, commandTimeout: Infinity },
      { connectTimeout: 0, commandTimeout: 0 },
    ],
    ['a timeout of commands', { commandTimeout: 700 }, { commandTimeout: 700 }],
    ['two timeouts', { commandTimeout: 700, socketTimeout: 300 }, { commandTimeout: 300 }],
    ['probes and delays', { keepAlive: 30_000, noDelay: false }, { keepAlive: 30_000, noDelay: false }],
    ['a name', { connectionName: 'me' }, { connectionName: 'me' }],
    ['what only a client heeds', { enableOfflineQueue: false, reconnectOnError: () => true, lazyConnect: true }, {}],
  ])('%s', (_, options, expected) => {
    expect(endpoint(options)).toEqual({ ...defaults, ...expected });
  });

  it('are left as they were', () => {
    const given = Object.freeze({ host: 'redis', tls: Object.freeze({}), url: 'redis://other' });
    expect(endpoint(given)).toMatchObject({ host: 'other' });
  });
});

describe('a url', () => {
  it.each<[string, object]>([
    ['redis://redis', { host: 'redis' }],
    ['redis://redis:7/2', { host: 'redis', port: 7, db: 2 }],
    ['redis://bob:p%40ss@redis', { host: 'redis', username: 'bob', password: 'p@ss' }],
    ['redis://:pw@redis', { host: 'redis', password: 'pw' }],
    ['redis://[::1]:7', { host: '::1', port: 7 }],
    ['redis://redis?family=6&connectionName=me', { host: 'redis', family: 6, connectionName: 'me' }],
    ['redis://redis?lazyConnect=', { host: 'redis' }],
    ['/run/redis.sock?db=2', { path: '/run/redis.sock', db: 2 }],
  ])('%s', (url, expected) => {
    expect(endpoint({ url })).toEqual({ ...defaults, ...expected });
  });

  it('goes before the options beside it', () => {
    expect(endpoint({ url: 'redis://redis:7', host: 'other', port: 8, db: 2 })).toMatchObject({
      host: 'redis',
      port: 7,
      db: 2,
    });
  });

  it('of TLS has it', () => {
    expect(endpoint({ url: 'rediss://redis' })).toMatchObject({ tls: { rejectUnauthorized: true, servername: '' } });
  });
});

describe('an ioredis client', () => {
  const options = { host: 'redis', port: 7, db: 2, lazyConnect: true, maxRetriesPerRequest: null };

  it('is read', () => {
    expect(endpoint(new Redis(options))).toEqual({ ...defaults, host: 'redis', port: 7, db: 2 });
  });

  it('has its own default host', () => {
    expect(endpoint(new Redis({ lazyConnect: true, maxRetriesPerRequest: null })).host).toBe('localhost');
  });

  it("may be in BullMQ's adapter", () => {
    expect(endpoint(createIORedisClient(new Redis(options)))).toMatchObject({ host: 'redis', port: 7 });
  });

  it("may be BullMQ's, with BullMQ's retryStrategy", async () => {
    const connection = new RedisConnection({ lazyConnect: true, port: 1 });
    connection.on('error', () => undefined);
    const client = (connection as any)._client as Redis;
    expect(client.options.retryStrategy!(1)).toBe(1000);
    expect(endpoint(client)).toEqual({ ...defaults, port: 1 });
    await connection.close(true);
  });

  it('must retry its requests for ever, as BullMQ says', () => {
    expect(() => map(new Redis({ lazyConnect: true }))).toThrow(
      'BullMQ: Your redis options maxRetriesPerRequest must be null.',
    );
  });

  it('that only looks like one is not guessed at', () => {
    const standIn = { connect() {}, disconnect() {}, duplicate() {}, defineCommand() {}, options: {} };
    expect(reason(standIn)).toBe('the connection is a client of a kind that is not known');
  });
});

describe('retryStrategy', () => {
  const delays = (retryStrategy: unknown) => endpoint({ retryStrategy }).retryDelays;

  it.each<[string, unknown, unknown]>([
    ['none', undefined, undefined],
    ["ioredis's", new Redis({ lazyConnect: true }).options.retryStrategy, undefined],
    ['null: one attempt', null, { ms: [], endless: false }],
    ['a constant', () => 20, { ms: [20], endless: true }],
    ['growing', (n: number) => Math.min(n * 100, 300), { ms: [100, 200, 300], endless: true }],
    ['that ends', (n: number) => (n > 3 ? null : n), { ms: [1, 2, 3], endless: false }],
    ['that ends with a constant', (n: number) => (n > 3 ? undefined : 7), { ms: [7, 7, 7], endless: false }],
    [
      'odd delays',
      (n: number) => [NaN, -1, 0.5, 1.5, Infinity][n - 1],
      { ms: [1, 1, 1, 2, 2 ** 31 - 1], endless: false },
    ],
  ])('%s', (_, strategy, expected) => {
    expect(delays(strategy)).toEqual(expected);
  });

  it('that throws is refused', () => {
    const retryStrategy = (times: number) => {
      if (times === 3) throw new RangeError('oops');
      return 1;
    };
    expect(() => map({ retryStrategy })).toThrow(`${who}: connection.retryStrategy threw at attempt 3: oops`);
  });
});

describe('other clients', () => {
  it('are not native', () => {
    const bun = { connect() {}, disconnect() {}, duplicate() {}, send() {}, connected: true };
    expect(reason(bun)).toBe("the connection is Bun's own Redis client");
    expect(reason(createBunRedisClient(bun as any, { lazyConnect: true } as any))).toBe(
      "the connection is Bun's own Redis client",
    );
    expect(reason(createValkeyGlideClient({ customCommand() {} } as any))).toBe(
      'the connection is a client of valkey-glide',
    );
  });
});

it('a Connector makes its own connections', () => {
  function Connector() {}
  expect(reason({ Connector })).toBe('connection.Connector makes the connections');
});

it('a password that is no text is not native', () => {
  expect(reason({ password: () => 'x' })).toBe('connection.password is not a string');
});
