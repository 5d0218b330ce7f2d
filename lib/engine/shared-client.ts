/**
 * One ioredis connection for what BullMQ's own code does for all workers of a process whose `connection` options are
 * alike: the cold path is rare, and a server counts its clients.
 */
import { isDeepStrictEqual } from 'node:util';
import { isRedisInstance, RedisConnection } from 'bullmq';
import type { ConnectionOptions } from 'bullmq';

/** An ioredis connection as BullMQ uses it. */
interface Client {
  status: string;
  quit(): Promise<unknown>;
  disconnect(): void;
}

interface Shared {
  options: object;
  client: Client;
  users: number;
}

const all = new Set<Shared>();

export interface ClientLease {
  /** What a worker's back end takes for its `connection`: a client that is not its own to close. */
  connection: ConnectionOptions;
  /** The user has made it. */
  foreign: boolean;
  /** Idempotent. The last one closes the connection, once what was asked of it is answered unless `force`. */
  release(force: boolean): Promise<void>;
}

/** Of a connection that is somebody else's to close. */
export const notLeased = (connection: ConnectionOptions): ClientLease => ({
  connection,
  foreign: true,
  release: async () => undefined,
});

/** @param connection - BullMQ's option; a client that the user has made is used as it is, and stays open. */
export function leaseClient(connection: ConnectionOptions): ClientLease {
  if (isRedisInstance(connection)) return notLeased(connection);
  const shared = find(connection) ?? open(connection);
  shared.users++;
  let released = false;
  return {
    connection: shared.client,
    foreign: false,
    release: async force => {
      if (released) return;
      released = true;
      if (--shared.users > 0) return;
      all.delete(shared);
      await end(shared.client, force);
    },
  };
}

function find(options: object): Shared | undefined {
  for (const shared of all) {
    if (shared.client.status !== 'end' && isDeepStrictEqual(shared.options, options)) return shared;
  }
  return undefined;
}

function open(options: object): Shared {
  // BullMQ itself fills in its defaults and picks the driver. Nothing of the holder is used but its client; each
  // worker's back end listens to that, and tells of its errors.
  const holder = new RedisConnection(options, {
    shared: false,
    blocking: false,
    skipVersionCheck: true,
    skipWaitingForReady: true,
  });
  holder.on('error', () => undefined);
  const { _client: client } = holder as unknown as { _client: Client };
  const shared = { options: { ...options }, client, users: 0 };
  all.add(shared);
  return shared;
}

async function end(client: Client, force: boolean): Promise<void> {
  if (force || client.status !== 'ready') {
    client.disconnect();
    return;
  }
  // A connection that goes meanwhile has ended too.
  await client.quit().catch(() => undefined);
}
