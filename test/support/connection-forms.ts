// What becomes of a `connection`: for the tests of its forms.
import { Cluster, type ClusterOptions } from 'ioredis';
import { toEndpoint } from '../../lib/connection';

export const who = "Worker for queue 'q'";

export const map = (connection: unknown, prefix?: string) => toEndpoint(connection, { who, queue: 'q', prefix });

/** The fields that are given, without those that nobody has set. */
export function endpoint(connection: unknown, prefix?: string): Record<string, unknown> {
  const mapped = map(connection, prefix);
  if ('reason' in mapped) throw new Error(`not native: ${mapped.reason}`);
  return Object.fromEntries(Object.entries(mapped.endpoint).filter(([, value]) => value !== undefined));
}

export function reason(connection: unknown, prefix = '{bull}'): string {
  const mapped = map(connection, prefix);
  if ('endpoint' in mapped) throw new Error('native');
  return mapped.reason;
}

export const defaults = {
  host: '127.0.0.1',
  port: 6379,
  family: 0,
  db: 0,
  connectTimeout: 10_000,
  commandTimeout: 0,
  keepAlive: 0,
  noDelay: true,
};

/** One that opens nothing. */
export const cluster = (options: ClusterOptions = {}, nodes: any[] = [{ host: '10.0.0.1', port: 7000 }]) =>
  new Cluster(nodes, { lazyConnect: true, ...options });
