/**
 * The options of a node-redis client as an endpoint; it has resolved its URL itself.
 */
import { refuseKeyPrefix, COMMAND_TIMEOUT_MS } from './common';
import { OptionReader } from './option-reader';
import type { Options } from './option-reader';
import type { Endpoint } from './result';
import { reconnectDelays } from './retry-delays';
import { toTls } from './tls';

const SOCKET = [
  ...['host', 'port', 'path', 'family', 'tls', 'connectTimeout', 'socketTimeout', 'reconnectStrategy'],
  ...['keepAlive', 'keepAliveInitialDelay', 'noDelay'],
];

export function fromNodeRedis(who: string, options: Options): Endpoint {
  const reader = new OptionReader(who, 'connection.options', options);
  const socket = reader.under('socket');
  refuseKeyPrefix(reader);
  checkCredentials(reader);
  const secure = socket.get('tls') === true;
  const unknown = socket.names().find(name => !SOCKET.includes(name));
  if (!secure && unknown) throw socket.notNative(unknown, 'has no native counterpart');
  const path = socket.text('path');
  const timeouts = [
    reader.under('commandOptions').shortest(['timeout'], Infinity),
    socket.shortest(['socketTimeout'], Infinity),
  ].filter(ms => ms > 0 && ms !== Infinity);
  return {
    host: socket.text('host') ?? 'localhost',
    port: path === undefined ? socket.port('port', 6379) : 6379,
    path,
    family: socket.family('family'),
    username: reader.secret('username'),
    password: reader.secret('password'),
    db: reader.db('database'),
    connectTimeout: socket.ms('connectTimeout', 5000),
    commandTimeout: timeouts.length > 0 ? Math.min(...timeouts) : COMMAND_TIMEOUT_MS,
    keepAlive: keepAlive(socket),
    noDelay: socket.get('noDelay') !== false,
    connectionName: reader.text('name'),
    retryDelays: reconnectDelays(socket, 'reconnectStrategy'),
    tls: secure ? toTls(socket, SOCKET) : undefined,
  };
}

/** In version 5 a boolean with a delay beside it, in version 4 the delay or false. */
function keepAlive(socket: OptionReader): number {
  const given = socket.get('keepAlive');
  if (given === false) return 0;
  if (typeof given === 'number') return socket.ms('keepAlive', 0);
  return socket.ms('keepAliveInitialDelay', 5000);
}

/** node-redis makes a provider of a user's name and password, which says no more than those. */
function checkCredentials(reader: OptionReader): void {
  const provider = reader.get('credentialsProvider') as { credentials?: unknown } | undefined;
  if (!provider) return;
  const source = String(provider.credentials).replace(/\s/g, '');
  const itsOwn = /^async\(\)=>\(\{username:(options\.username|username\?decodeURIComponent\(username\))/.test(source);
  if (!itsOwn || !(reader.has('username') || reader.has('password'))) {
    throw reader.notNative('credentialsProvider', 'has no native counterpart');
  }
}
