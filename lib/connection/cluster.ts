/**
 * An ioredis Cluster as an endpoint. A queue's keys are all in one slot: the native loop talks to whoever serves it.
 */
import { lookup } from 'node:dns';
import type { NativeAddress } from '../binding';
import { toAddress, toNatMap } from './addresses';
import { common, refuseKeyPrefix, refuseMaxRetries, tlsOf } from './common';
import type { ClusterClient } from './forms';
import { OptionReader } from './option-reader';
import type { Options } from './option-reader';
import type { Endpoint } from './result';
import { retryDelays } from './retry-delays';

/** @throws TypeError when Redis would put the queue's keys into many slots, which no script may touch at once. */
export function checkHashTag(who: string, queue: string, prefix: string): void {
  const tag = /\{([^}]*)\}/.exec(`${prefix}:${queue}:`);
  if (!tag?.[1]) {
    throw new TypeError(`${who}: on a Redis Cluster all keys of a queue must be in one slot: set prefix: '{bull}'`);
  }
}

export function fromCluster(who: string, { startupNodes, options }: ClusterClient): Endpoint {
  const reader = new OptionReader(who, 'connection.options', options);
  refuseKeyPrefix(reader);
  const redis = reader.under('redisOptions');
  refuseKeyPrefix(redis);
  refuseMaxRetries(options.redisOptions as Options | undefined);
  if (reader.get('useSRVRecords')) throw reader.notNative('useSRVRecords', 'has no native counterpart');
  if (redis.has('Connector')) throw redis.notNative('Connector', 'makes the connections');
  if (redis.db('db') !== 0) throw redis.mustBe('db', '0: a Redis Cluster has no other database');
  const nodes = toNodes(who, startupNodes);
  checkLookup(reader, nodes[0].host);
  return {
    ...common(redis),
    ...nodes[0],
    retryDelays: retryDelays(reader, 'clusterRetryStrategy'),
    tls: tlsOf(redis),
    cluster: { nodes, natMap: toNatMap(reader) },
  };
}

function toNodes(who: string, given: unknown[]): NativeAddress[] {
  const connection = new OptionReader(who, 'connection', { startupNodes: given });
  if (given.length === 0) throw connection.mustBe('startupNodes', 'one or more nodes');
  return given.map((node, i) => {
    const at = `connection.startupNodes[${i}]`;
    const options = typeof node === 'object' && node !== null ? (node as Options) : fromText(connection, node, i);
    const reader = new OptionReader(who, at, options);
    // ioredis gives them to this node alone.
    const own = reader.names().find(name => !['host', 'port', 'db'].includes(name));
    if (own) throw reader.notNative(own, 'is of one node alone: redisOptions are for all');
    return toAddress(reader, 6379, '127.0.0.1');
  });
}

/** A node may be a port, or a URL. */
function fromText(reader: OptionReader, node: unknown, i: number): Options {
  if (typeof node === 'number' || /^\d+$/.test(String(node))) return { port: node };
  if (typeof node !== 'string') throw reader.fail(`connection.startupNodes[${i}] must be { host, port } or a URL`);
  const text = /^(rediss?:)?\/\//i.test(node) ? node.replace(/^\/\//, 'redis://') : `redis://${node}`;
  if (!URL.canParse(text)) throw reader.fail(`connection.startupNodes[${i}] is no URL that can be read`);
  const url = new URL(text);
  return {
    host: url.hostname.replace(/^\[|\]$/g, '') || undefined,
    port: url.port || undefined,
    username: url.username || undefined,
    password: url.password || undefined,
    ...Object.fromEntries(url.searchParams),
  };
}

/**
 * The native loop looks names up as dns.lookup() does. The one other kind that it can honour is the one for clusters
 * whose certificates are for names: a function that leaves the name as it is.
 */
function checkLookup(reader: OptionReader, host: string): void {
  const own = reader.get('dnsLookup');
  if (own === undefined || own === lookup) return;
  let left = false;
  if (typeof own === 'function') {
    try {
      own(host, (error: unknown, address: unknown) => {
        left = !error && address === host;
      });
    } catch {
      left = false;
    }
  }
  if (!left) throw reader.notNative('dnsLookup', 'is a function of its own');
}
