// What becomes of `connection`, form by form: an endpoint, or a reason. Nothing is connected to.
import {
  createBunRedisClient,
  createIORedisClient,
  createNodeRedisClient,
  createValkeyGlideClient,
  RedisConnection,
} from 'bullmq';
import { Cluster, Redis, type ClusterOptions } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { toEndpoint } from '../lib/connection';

const who = "Worker for queue 'q'";

const map = (connection: unknown, prefix?: string) => toEndpoint(connection, { who, queue: 'q', prefix });

/** The fields that are given, without those that nobody has set. */
function endpoint(connection: unknown, prefix?: string): Record<string, unknown> {
  const mapped = map(connection, prefix);
  if ('reason' in mapped) throw new Error(`not native: ${mapped.reason}`);
  return Object.fromEntries(Object.entries(mapped.endpoint).filter(([, value]) => value !== undefined));
}

function reason(connection: unknown, prefix = '{bull}'): string {
  const mapped = map(connection, prefix);
  if ('endpoint' in mapped) throw new Error('native');
  return mapped.reason;
}

const defaults = {
  host: '127.0.0.1',
  port: 6379,
  family: 0,
  db: 0,
  connectTimeout: 10_000,
  commandTimeout: 10_000,
  keepAlive: 0,
  noDelay: true,
};

const cluster = (options: ClusterOptions = {}, nodes: any[] = [{ host: '10.0.0.1', port: 7000 }]) =>
  new Cluster(nodes, { lazyConnect: true, ...options });

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

describe('Sentinels', () => {
  const sentinels = { sentinels: [{ host: 's1' }, { host: 's2', port: 7 }, {}], name: 'mymaster' };
  const addresses = [
    { host: 's1', port: 26_379 },
    { host: 's2', port: 7 },
    { host: 'localhost', port: 26_379 },
  ];

  it('are asked for the master', () => {
    expect(endpoint(sentinels)).toEqual({
      ...defaults,
      ...addresses[0],
      sentinels: { addresses, name: 'mymaster' },
    });
  });

  it('have a login of their own', () => {
    const login = { sentinelUsername: 'bob', sentinelPassword: 'x', username: 'al', password: 'y' };
    expect(endpoint({ ...sentinels, ...login })).toMatchObject({
      username: 'al',
      password: 'y',
      sentinels: { username: 'bob', password: 'x' },
    });
  });

  it('have TLS of their own, and the master if that is said too', () => {
    const one = endpoint({ ...sentinels, sentinelTLS: { servername: 's' }, tls: { servername: 'm' } });
    expect([one.tls, (one.sentinels as any).tls.servername]).toEqual([undefined, 's']);
    const both = endpoint({ ...sentinels, tls: { servername: 'm' }, enableTLSForSentinelMode: true });
    expect([(both.tls as any).servername, (both.sentinels as any).tls]).toEqual(['m', undefined]);
  });

  it('may have a natMap', () => {
    const natMap = { '10.0.0.1:6379': { host: 'here', port: 7 } };
    expect(endpoint({ ...sentinels, natMap })).toMatchObject({ sentinels: { natMap } });
  });

  it('are asked again by their own strategy, unless the connection has one', () => {
    const sentinelRetryStrategy = () => 5;
    expect(endpoint({ ...sentinels, sentinelRetryStrategy }).retryDelays).toEqual({ ms: [5], endless: true });
    const both = { ...sentinels, sentinelRetryStrategy, retryStrategy: () => 6 };
    expect(endpoint(both).retryDelays).toEqual({ ms: [6], endless: true });
  });

  it.each<[object, string]>([
    [{ role: 'slave' }, "connection.role is 'slave'"],
    [{ natMap: () => null }, 'connection.natMap is a function'],
    [{ failoverDetector: true }, 'connection.failoverDetector is given'],
    [{ sentinelRetryStrategy: () => null }, 'connection.sentinelRetryStrategy gives up'],
    [{ sentinels: [{ host: 's1', family: 6 }] }, "connection.sentinels[0].family is not the connection's"],
  ])('with %j are not native', (options, expected) => {
    expect(reason({ ...sentinels, ...options })).toBe(expected);
  });
});

describe('a Cluster', () => {
  it('is read', () => {
    const nodes = [{ host: 'a', port: '7000', db: 3 }, 7001, '7002', 'redis://b:7003', 'c', '[::1]:7004', {}];
    expect(endpoint(cluster({ redisOptions: { username: 'bob', password: 'x' } }, nodes), '{bull}')).toEqual({
      ...defaults,
      host: 'a',
      port: 7000,
      username: 'bob',
      password: 'x',
      cluster: {
        nodes: [
          { host: 'a', port: 7000 },
          { host: '127.0.0.1', port: 7001 },
          { host: '127.0.0.1', port: 7002 },
          { host: 'b', port: 7003 },
          { host: 'c', port: 6379 },
          { host: '::1', port: 7004 },
          { host: '127.0.0.1', port: 6379 },
        ],
      },
    });
  });

  it('may have TLS, a natMap, a strategy and names that are not looked up', () => {
    const natMap = { '10.0.0.1:7000': { host: 'here', port: 7 } };
    const given = endpoint(
      cluster({
        natMap,
        clusterRetryStrategy: () => 9,
        dnsLookup: (address, callback) => callback(null, address),
        redisOptions: { tls: { servername: 'c' }, connectTimeout: 5 },
      }),
      '{bull}',
    );
    expect(given).toMatchObject({ connectTimeout: 5, tls: { servername: 'c' }, cluster: { natMap } });
    expect(given.retryDelays).toEqual({ ms: [9], endless: true });
  });

  it("may be in BullMQ's adapter", () => {
    expect(endpoint(createIORedisClient(cluster()), '{bull}')).toMatchObject({ host: '10.0.0.1', port: 7000 });
  });

  it.each<[string, string]>([
    ['{bull}', 'q'],
    ['bull', '{q}'],
    ['a{b', 'c}'],
    ['x}{y', '}'],
  ])("has a queue's keys in one slot: %s:%s", (prefix, queue) => {
    expect(toEndpoint(cluster(), { who, queue, prefix })).toHaveProperty('endpoint');
  });

  it.each<[string | undefined, string]>([
    [undefined, 'q'],
    ['bull', 'q}'],
    ['{}bull', 'q'],
    ['{}{bull}', 'q'],
    ['bull{', 'q'],
  ])('is refused a queue whose keys are in many: %s:%s', (prefix, queue) => {
    expect(() => toEndpoint(cluster(), { who, queue, prefix })).toThrow(
      new TypeError(`${who}: on a Redis Cluster all keys of a queue must be in one slot: set prefix: '{bull}'`),
    );
  });

  it.each<[string, ClusterOptions, any[] | undefined, string]>([
    ['a natMap', { natMap: () => null }, undefined, 'connection.options.natMap is a function'],
    [
      'a dnsLookup',
      { dnsLookup: (_host, done) => done(null, '1.2.3.4') },
      undefined,
      'connection.options.dnsLookup is a function of its own',
    ],
    ['SRV records', { useSRVRecords: true }, undefined, 'connection.options.useSRVRecords is given'],
    [
      'a node of its own',
      {},
      ['redis://:pw@a'],
      'connection.startupNodes[0].password is given: redisOptions are for all nodes',
    ],
    [
      'a host for all',
      { redisOptions: { tls: { host: 'x' } } as object },
      undefined,
      'connection.options.redisOptions.tls.host is given',
    ],
  ])('with %s is not native', (_, options, nodes, expected) => {
    expect(reason(cluster(options, nodes))).toBe(expected);
  });

  it('has one database, and no keyPrefix', () => {
    expect(() => map(cluster({ redisOptions: { db: 1 } }), '{b}')).toThrow('redisOptions.db must be 0');
    expect(() => map(cluster({ keyPrefix: 'x' }), '{b}')).toThrow('use the prefix option instead');
    expect(() => map(cluster({ redisOptions: { keyPrefix: 'x' } }), '{b}')).toThrow('use the prefix option instead');
  });
});

describe('a node-redis client', () => {
  const own = { ...defaults, host: 'localhost', connectTimeout: 5000, keepAlive: 5000 };

  it.each<[string, Parameters<typeof createClient>[0], object]>([
    ['none', undefined, {}],
    ['a url', { url: 'redis://bob:x@redis:7/2' }, { host: 'redis', port: 7, db: 2, username: 'bob', password: 'x' }],
    [
      'a login',
      { username: 'bob', password: 'x', name: 'me' },
      { username: 'bob', password: 'x', connectionName: 'me' },
    ],
    [
      'a socket',
      { socket: { host: 'redis', port: 7, family: 6, noDelay: false } },
      { host: 'redis', port: 7, family: 6, noDelay: false },
    ],
    ['a path', { socket: { path: '/run/redis.sock' } as object }, { path: '/run/redis.sock' }],
    ['timeouts', { socket: { connectTimeout: 7, socketTimeout: 900 } }, { connectTimeout: 7, commandTimeout: 900 }],
    ['a timeout of commands', { commandOptions: { timeout: 800 } }, { commandTimeout: 800 }],
    ['no probes', { socket: { keepAlive: false } }, { keepAlive: 0 }],
    ['probes', { socket: { keepAliveInitialDelay: 9 } }, { keepAlive: 9 }],
    ['no attempts', { socket: { reconnectStrategy: false } }, { retryDelays: { ms: [], endless: false } }],
    ['a delay', { socket: { reconnectStrategy: 70 } }, { retryDelays: { ms: [70], endless: true } }],
    [
      'delays',
      { socket: { reconnectStrategy: n => (n > 1 ? new Error('enough') : n + 5) } },
      { retryDelays: { ms: [5, 6], endless: false } },
    ],
  ])('with %s', (_, options, expected) => {
    const client = createClient(options);
    expect(endpoint(client)).toEqual({ ...own, ...expected });
  });

  it('may have TLS', () => {
    const client = createClient({ socket: { host: 'redis', tls: true, servername: 'x', rejectUnauthorized: false } });
    expect(endpoint(client)).toMatchObject({ host: 'redis', tls: { servername: 'x', rejectUnauthorized: false } });
    expect(endpoint(createClient({ url: 'rediss://redis' }))).toMatchObject({ tls: { rejectUnauthorized: true } });
  });

  it("may be in BullMQ's adapter", () => {
    // One that is open is not connected to by the adapter.
    const client = Object.defineProperty(createClient({ socket: { host: 'redis' } }), 'isOpen', { value: true });
    expect(endpoint(createNodeRedisClient(client as any))).toMatchObject({ host: 'redis' });
  });

  it.each<[string, () => object, string]>([
    [
      'a credentials provider',
      () =>
        createClient({ credentialsProvider: { type: 'async-credentials-provider', credentials: async () => ({}) } }),
      'connection.options.credentialsProvider is given',
    ],
    [
      'a lookup',
      () => createClient({ socket: { lookup: () => undefined } as object }),
      'connection.options.socket.lookup is given',
    ],
    [
      'a cluster',
      () => createCluster({ rootNodes: [{ url: 'redis://a' }] }),
      'the connection is a Cluster client of node-redis',
    ],
  ])('with %s is not native', (_, client, expected) => {
    expect(reason(client())).toBe(expected);
  });

  it.each<[string, object]>([
    ['a pool of node-redis clients', createClientPool()],
    ['a Sentinel client of node-redis', createSentinel({ name: 'm', sentinelRootNodes: [{ host: 's', port: 1 }] })],
  ])('that is %s is refused: BullMQ would take it for options', (kind, client) => {
    expect(() => map(client)).toThrow(
      new TypeError(`${who}: connection is ${kind}, which BullMQ doesn't take: give a client`),
    );
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

describe('what can not work is refused', () => {
  it.each<[object, string]>([
    [{ port: 0 }, 'connection.port must be an integer from 1 to 65535, not 0'],
    [{ port: 'redis' }, 'connection.port must be an integer from 1 to 65535, not NaN'],
    [{ host: 7 }, 'connection.host must be a string, not 7'],
    [{ path: 7 }, 'connection.path must be a string, not 7'],
    [{ db: -1 }, 'connection.db must be an integer, 0 or more, not -1'],
    [{ db: 1.5 }, 'connection.db must be an integer, 0 or more, not 1.5'],
    [{ url: 'redis://redis/abc' }, 'connection.db must be an integer, 0 or more, not NaN'],
    [{ family: 5 }, 'connection.family must be 4, 6, or 0 for either, not 5'],
    [{ url: 7 }, 'connection.url must be a string, not 7'],
    [{ url: 'redis://redis:port' }, "connection.url can't be used: Invalid URL"],
    [{ connectTimeout: '5' }, "connection.connectTimeout must be a number of milliseconds, 0 or more, not '5'"],
    [{ commandTimeout: 0 }, 'connection.commandTimeout must be a number of milliseconds, more than 0, not 0'],
    [{ socketTimeout: NaN }, 'connection.socketTimeout must be a number of milliseconds, more than 0, not NaN'],
    [{ keepAlive: true }, 'connection.keepAlive must be a number of milliseconds, 0 or more, not true'],
    [{ connectionName: {} }, 'connection.connectionName must be a string, not an object'],
    [
      { sentinels: [] },
      'connection.sentinels must be an array of { host, port }, one or more, not []; leave it out for a single server',
    ],
    [
      { sentinels: [{ host: 's' }] },
      "connection.name must be the master's name, not undefined, since there are sentinels",
    ],
    [{ sentinels: ['s'], name: 'm' }, 'connection.sentinels[0] must be { host, port }, not undefined'],
    [
      { sentinels: [{ port: -1 }], name: 'm' },
      'connection.sentinels[0].port must be an integer from 1 to 65535, not -1',
    ],
    [{ sentinels: [{}], name: 'm', role: 'x' }, "connection.role must be 'master' or 'slave', not 'x'"],
    [
      { tls: { minVersion: 'TLSv9' } },
      "connection.tls.minVersion must be one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3, not 'TLSv9'",
    ],
    [{ tls: { ca: 7 } }, 'connection.tls.ca must be PEM text: a string, a Buffer or an array of those, not 7'],
    [{ tls: { rejectUnauthorized: 0 } }, 'connection.tls.rejectUnauthorized must be a boolean, not 0'],
    [{ tls: { ciphers: [] } }, 'connection.tls.ciphers must be a string, not []'],
  ])('%j', (connection, message) => {
    expect(() => map(connection)).toThrow(new TypeError(`${who}: ${message}`));
  });

  it('a url by itself', () => {
    expect(() => map('redis://bob:secret@redis')).toThrow(
      new TypeError(`${who}: connection must be an object or a client, not a string: write { url: 'redis://…@redis' }`),
    );
  });

  it("a keyPrefix, in BullMQ's words", () => {
    const message = 'BullMQ: ioredis does not support ioredis prefixes, use the prefix option instead.';
    expect(() => map({ keyPrefix: 'x' })).toThrow(message);
    expect(() => map(new Redis({ keyPrefix: 'x', lazyConnect: true, maxRetriesPerRequest: null }))).toThrow(message);
  });
});

it('a Connector makes its own connections', () => {
  class Connector {}
  expect(reason({ Connector })).toBe('connection.Connector makes the connections');
});

it('a password that is no text is not native', () => {
  expect(reason({ password: () => 'x' })).toBe('connection.password is not a string');
});
