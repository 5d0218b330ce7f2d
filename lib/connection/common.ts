/**
 * What every form built on ioredis's options has, however its server is found.
 */
import type { NativeTls } from '../binding';
import { OptionReader } from './option-reader';
import type { Options } from './option-reader';
import type { Endpoint } from './result';
import { toTls } from './tls';

/** The user has said nothing of a limit: the engine has its own, which tells a busy server from one that is gone. */
export const COMMAND_TIMEOUT_MS = 0;

export function common(reader: OptionReader): Omit<Endpoint, 'host' | 'port'> {
  return {
    family: reader.family('family'),
    username: reader.secret('username'),
    password: reader.secret('password'),
    db: reader.db('db'),
    connectTimeout: reader.ms('connectTimeout', 10_000),
    commandTimeout: reader.shortest(['commandTimeout', 'socketTimeout'], COMMAND_TIMEOUT_MS),
    keepAlive: reader.ms('keepAlive', 0),
    noDelay: reader.get('noDelay') === undefined || Boolean(reader.get('noDelay')),
    connectionName: reader.text('connectionName'),
  };
}

/** @param others - those of the TLS options that the caller sees to. */
export function tlsOf(reader: OptionReader, others: string[] = [], name = 'tls'): NativeTls | undefined {
  const tls = reader.get(name);
  if (!tls) return undefined;
  // `true`, or a text in a URL that names no profile: TLS as Node has it by default.
  const options = typeof tls === 'object' ? (tls as Options) : {};
  return toTls(new OptionReader(reader.who, `${reader.at}.${name}`, options), others);
}

/** As BullMQ does, in the same words. */
export function refuseKeyPrefix(reader: OptionReader): void {
  if (reader.get('keyPrefix')) {
    throw new Error('BullMQ: ioredis does not support ioredis prefixes, use the prefix option instead.');
  }
}

export function refuseMaxRetries(options: Options | undefined): void {
  if (options?.maxRetriesPerRequest) {
    throw new Error('BullMQ: Your redis options maxRetriesPerRequest must be null.');
  }
}
