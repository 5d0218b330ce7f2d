/**
 * Which of the forms that BullMQ takes a `connection` has. A client's own connection stays the user's: only its
 * options are read.
 */
import { isRedisInstance } from 'bullmq';
import type { Options } from './option-reader';
import { NotNative } from './result';

export interface ClusterClient {
  startupNodes: unknown[];
  options: Options;
}

export type Form =
  | { form: 'options'; options: Options }
  | { form: 'ioredis'; options: Options }
  | { form: 'ioredis-cluster'; client: ClusterClient }
  | { form: 'node-redis'; options: Options };

type Client = Record<string, unknown>;

const has = (client: Client, method: string): boolean => typeof client[method] === 'function';

/** Can it be a client of node-redis? ioredis's sendCommand() goes with a defineCommand(). */
const isNodeRedis = (client: Client): boolean =>
  !has(client, 'defineCommand') && has(client, 'sendCommand') && ('isOpen' in client || 'isReady' in client);

/**
 * @throws NotNative for clients whose options say nothing to the native loop; a message for what BullMQ would take for
 * options, and connect to this machine.
 */
export function formOf(connection: object, fail: (message: string) => Error): Form {
  if (!isRedisInstance(connection)) {
    if (isNodeRedis(connection as Client)) {
      throw fail(`connection is ${nodeRedisKind(connection as Client)}, which BullMQ doesn't take: give a client`);
    }
    return { form: 'options', options: connection as Options };
  }
  const client = connection as unknown as Client;
  // BullMQ's adapters of other clients hold them in `raw`, or a promise of one.
  if (has(client, 'runCommand') && ('raw' in client || 'rawPromise' in client)) {
    return ofForeign((client.raw ?? {}) as Client);
  }
  if (!has(client, 'defineCommand')) return ofForeign(client);
  if (typeof client.options !== 'object' || client.options === null) throw unknown();
  const options = client.options as Options;
  if (client.isCluster) {
    if (!Array.isArray(client.startupNodes)) throw unknown();
    return { form: 'ioredis-cluster', client: { startupNodes: client.startupNodes, options } };
  }
  // What looks like ioredis, but connects to nothing: a stand-in for tests.
  if (!('connector' in client)) throw unknown();
  return { form: 'ioredis', options };
}

function ofForeign(client: Client): Form {
  if (isNodeRedis(client)) {
    const kind = nodeRedisKind(client);
    if (kind) throw new NotNative(`the connection is ${kind}`);
    return { form: 'node-redis', options: (client.options ?? {}) as Options };
  }
  if (has(client, 'send') && 'connected' in client) throw new NotNative("the connection is Bun's own Redis client");
  if (has(client, 'customCommand')) throw new NotNative('the connection is a client of valkey-glide');
  throw unknown();
}

/** @returns undefined for a plain client. */
function nodeRedisKind(client: Client): string | undefined {
  if (has(client, 'getSentinelNode')) return 'a Sentinel client of node-redis';
  if (has(client, 'getRandomNode')) return 'a Cluster client of node-redis';
  if ('totalClients' in client) return 'a pool of node-redis clients';
  return undefined;
}

const unknown = () => new NotNative('the connection is a client of a kind that is not known');
