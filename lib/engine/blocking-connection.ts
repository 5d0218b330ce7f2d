/**
 * The blocking connection of BullMQ's back end, opened only when jobs are fetched by hand: the native loop has its
 * own.
 */
import { RedisConnection } from 'bullmq';
import type { WorkerInternals } from './internals';

/** As BullMQ names it: `queue.getWorkers()` finds a worker by the name of its blocking connection. */
export function blockingConnectionName(queue: string, prefix = 'bull', worker?: string): string {
  return `${prefix}:${Buffer.from(queue).toString('base64')}${worker ? `:w:${worker}` : ''}`;
}

export function openBlockingConnection(worker: WorkerInternals): void {
  const backend = worker.backend as unknown as { blockingConnection?: RedisConnection };
  if (backend.blockingConnection) return;
  const { connection, name, prefix, skipVersionCheck } = worker.opts;
  const connectionName = blockingConnectionName(worker.name, prefix, name);
  const instance = connection as { duplicate?: (options: object) => typeof connection };
  backend.blockingConnection = new RedisConnection(
    typeof instance.duplicate === 'function'
      ? instance.duplicate({ connectionName })
      : { ...(connection as object), connectionName },
    { shared: false, blocking: true, skipVersionCheck },
  );
  backend.blockingConnection.on('error', (error: Error) => worker.emit('error', error));
}
