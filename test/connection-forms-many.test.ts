// What becomes of a `connection` that is more than one server: Sentinels, or a Cluster. Nothing is connected to.
import { createIORedisClient } from 'bullmq';
import type { ClusterOptions } from 'ioredis';
import { toEndpoint } from '../lib/connection';
import { cluster, defaults, endpoint, map, reason, who } from './support/connection-forms';

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
    [{ failoverDetector: true }, 'connection.failoverDetector has no native counterpart'],
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
    ['SRV records', { useSRVRecords: true }, undefined, 'connection.options.useSRVRecords has no native counterpart'],
    [
      'a node of its own',
      {},
      ['redis://:pw@a'],
      'connection.startupNodes[0].password is of one node alone: redisOptions are for all',
    ],
    [
      'a host for all',
      { redisOptions: { tls: { host: 'x' } } as object },
      undefined,
      'connection.options.redisOptions.tls.host has no native counterpart',
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
