// What becomes of node-redis's clients as a `connection`. Nothing is connected to.
import { createNodeRedisClient } from 'bullmq';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { defaults, endpoint, map, reason, who } from './support/connection-forms';

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
      'connection.options.credentialsProvider has no native counterpart',
    ],
    [
      'a lookup',
      () => createClient({ socket: { lookup: () => undefined } as object }),
      'connection.options.socket.lookup has no native counterpart',
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
