/**
 * BullMQ's `connection` option as an endpoint that the native loop can speak to, or the reason why it can't.
 */
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { isRedisInstance } from 'bullmq';
import type { NativeEndpoint } from './binding';

/** Where to connect; the names of the two connections are the caller's. */
export type Endpoint = Omit<NativeEndpoint, 'commandName' | 'blockingName'> & { connectionName?: string };

export type EndpointOrReason = { endpoint: Endpoint } | { reason: string };

export function toEndpoint(connection: object): EndpointOrReason {
  const options = resolve(connection);
  if ('reason' in options) return options;
  const reason = unsupported(options);
  if (reason) return { reason };
  return {
    endpoint: {
      host: options.host ?? '127.0.0.1',
      port: portOf(options),
      path: options.path || undefined,
      family: Number(options.family ?? 0),
      username: options.username || undefined,
      password: options.password || undefined,
      db: Number(options.db ?? 0),
      connectTimeout: options.connectTimeout ?? 10_000,
      keepAlive: options.keepAlive ?? 0,
      noDelay: options.noDelay ?? true,
      connectionName: options.connectionName || undefined,
    },
  };
}

/** ioredis's options in full, however they were given. */
function resolve(connection: object): RedisOptions | { reason: string } {
  if (isRedisInstance(connection)) {
    const client = connection as { isCluster?: boolean; defineCommand?: unknown; options?: RedisOptions };
    if (client.isCluster) return { reason: 'the connection is a Redis Cluster client' };
    if (typeof client.defineCommand !== 'function' || !client.options) {
      return { reason: 'the connection is a client other than ioredis' };
    }
    if (client.options.maxRetriesPerRequest) {
      throw new Error('BullMQ: Your redis options maxRetriesPerRequest must be null.');
    }
    return client.options;
  }
  const { url, ...rest } = connection as RedisOptions & { url?: string };
  // ioredis itself reads the URL and fills in its defaults; lazy, it opens nothing. 127.0.0.1 is BullMQ's default.
  const options: RedisOptions = { ...(url ? {} : { host: '127.0.0.1' }), ...rest, lazyConnect: true };
  const client = url ? new Redis(url, options) : new Redis(options);
  try {
    return client.options;
  } finally {
    client.disconnect();
  }
}

function portOf(options: RedisOptions): number {
  const port = Number(options.port ?? 6379);
  if (!options.path && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new TypeError(`Worker: connection.port must be an integer from 1 to 65535, not ${String(options.port)}`);
  }
  return port;
}

function unsupported(options: RedisOptions): string | undefined {
  if (options.tls) return 'the connection uses TLS';
  if (options.sentinels?.length) return 'the connection goes through Redis Sentinel';
  if (options.keyPrefix) return "the connection has ioredis's keyPrefix";
  if (options.Connector) return 'the connection has a Connector of its own';
  if (options.password !== null && options.password !== undefined && typeof options.password !== 'string') {
    return "the connection's password is not a string";
  }
  return undefined;
}
