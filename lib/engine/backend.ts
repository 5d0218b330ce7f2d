/**
 * BullMQ's back end of a worker whose loop is native: without a blocking connection, which would only idle, and on a
 * connection that other workers use too.
 */
import type { BackendFactory, RedisQueueBackend } from 'bullmq';
import type { WorkerInternals } from './internals';
import { leaseClient } from './shared-client';
import type { ClientLease } from './shared-client';

/** @param nativeReady - the worker is ready once the native connections are, too. */
export function openBackend(
  worker: WorkerInternals,
  factory: BackendFactory<RedisQueueBackend>,
  nativeReady: Promise<void>,
): ClientLease {
  const client = leaseClient(worker.opts.connection);
  const { opts } = worker;
  const given = opts.connection;
  // The same object, as with BullMQ: what is changed in the worker's options later reaches the back end, too.
  opts.connection = client.connection;
  const backend = factory(worker.name, opts, { withBlockingConnection: false });
  opts.connection = given;
  const waitUntilReady = backend.waitUntilReady.bind(backend);
  backend.waitUntilReady = async () => {
    await Promise.all([waitUntilReady(), nativeReady]);
  };
  worker.backend = backend;
  return client;
}
