/**
 * How a worker's connections are: what `worker.health()` returns.
 */
import type { ConnectionStatus } from './binding';
import type { WorkerInternals } from './engine/internals';

export type { ConnectionStatus } from './binding';

export interface ConnectionHealth {
  /** ioredis's names: `ready` is the only one that works; `end` doesn't come back. */
  status: ConnectionStatus;
  /** `host:port` or the path of the server, as far as it is known. */
  server?: string;
  /** Since the server said something, in ms; an idle worker hears of it every `drainDelay`, or every 30 s. */
  lastReplyAge?: number;
  /** How often the connection was made anew. */
  reconnects?: number;
  /** The last one that cost the connection, or an attempt to connect; `age` in ms. */
  lastError?: { code: string; message: string; age: number };
}

export interface WorkerHealth {
  /** The native loop, or BullMQ's. */
  engine: 'native' | 'bullmq';
  /** Both connections are ready. */
  ready: boolean;
  /** Fetches and completes jobs, and renews their locks; workers of one endpoint share it. */
  command: ConnectionHealth;
  /** Waits for jobs. */
  blocking: ConnectionHealth;
}

export const isReady = ({ command, blocking }: Pick<WorkerHealth, 'command' | 'blocking'>): boolean =>
  command.status === 'ready' && blocking.status === 'ready';

interface Client {
  status?: string;
}

const STATUSES: Record<string, ConnectionStatus> = {
  wait: 'wait',
  connecting: 'connecting',
  connect: 'connect',
  ready: 'ready',
  reconnecting: 'reconnecting',
};

/** Of BullMQ's own connections: their clients' status is all that they tell. */
export function bullHealth(worker: WorkerInternals): WorkerHealth {
  const backend = worker.backend as unknown as Record<string, { _client?: Client } | undefined>;
  const of = (name: string): ConnectionHealth => ({ status: STATUSES[backend[name]?._client?.status ?? ''] ?? 'end' });
  const health = { command: of('connection'), blocking: of('blockingConnection') };
  return { engine: 'bullmq', ready: isReady(health), ...health };
}
