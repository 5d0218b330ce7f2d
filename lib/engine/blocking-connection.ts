/**
 * The blocking connection of BullMQ's back end, opened only when jobs are fetched by hand: the native loop has its
 * own.
 */
import { createIORedisClient, isIRedisClient, isRedisInstance, RedisConnection } from 'bullmq';
import type { ConnectionOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import type { WorkerInternals } from './internals';

/** As BullMQ names it: `queue.getWorkers()` finds a worker by the name of its blocking connection. */
export function blockingConnectionName(queue: string, prefix = 'bull', worker?: string): string {
  return `${prefix}:${Buffer.from(queue).toString('base64')}${worker ? `:w:${worker}` : ''}`;
}

interface Backend {
  blockingConnection?: RedisConnection;
}

export function blockingConnectionOf(worker: WorkerInternals): RedisConnection | undefined {
  return (worker.backend as unknown as Backend).blockingConnection;
}

export function openBlockingConnection(worker: WorkerInternals): void {
  if (blockingConnectionOf(worker)) return;
  const backend = worker.backend as unknown as Backend;
  const { connection, name, prefix, skipVersionCheck } = worker.opts;
  const connectionName = blockingConnectionName(worker.name, prefix, name);
  backend.blockingConnection = new RedisConnection(
    isRedisInstance(connection) ? duplicate(connection, connectionName) : { ...connection, connectionName },
    { shared: false, blocking: true, skipVersionCheck },
  );
  backend.blockingConnection.on('error', (error: Error) => worker.emit('error', error));
}

interface Client {
  defineCommand?: unknown;
  duplicate(options: object): ConnectionOptions;
}

/** As BullMQ does: a Cluster's own duplicate() takes nodes, node-redis's a `name`. */
function duplicate(client: ConnectionOptions, connectionName: string): ConnectionOptions {
  const own = client as Client;
  if (!isIRedisClient(own) && typeof own.defineCommand !== 'function') return own.duplicate({ name: connectionName });
  const adapter: Client = isIRedisClient(own) ? own : createIORedisClient(own as object as Redis);
  return adapter.duplicate({ connectionName });
}
