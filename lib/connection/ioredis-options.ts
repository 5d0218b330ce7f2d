/**
 * ioredis's options as an endpoint: of a server, or of Sentinels that know one.
 */
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { common, refuseKeyPrefix, tlsOf } from './common';
import { OptionReader } from './option-reader';
import type { Options } from './option-reader';
import { NotNative } from './result';
import type { Endpoint } from './result';
import { retryDelays } from './retry-delays';
import { checkSentinels, toSentinels } from './sentinel';

/** Options as the user gives them to BullMQ, a `url` among them. */
export function fromOptions(who: string, given: Options): Endpoint {
  const reader = new OptionReader(who, 'connection', given);
  checkSentinels(reader);
  return fromIoredis(new OptionReader(who, 'connection', resolve(reader, given)));
}

/** Options with ioredis's defaults. */
export function fromIoredis(reader: OptionReader): Endpoint {
  if (reader.has('Connector')) throw reader.notNative('Connector', 'makes the connections');
  refuseKeyPrefix(reader);
  if (reader.has('sentinels')) return { ...common(reader), ...toSentinels(reader) };
  const tls = tlsOf(reader, ['host', 'port', 'path', 'family']);
  // ioredis puts the TLS options over its own.
  const inner = typeof reader.get('tls') === 'object' ? reader.under('tls') : undefined;
  const from = (name: string) => (inner?.has(name) ? inner : reader);
  const path = from('path').text('path');
  return {
    ...common(reader),
    host: from('host').text('host') ?? '127.0.0.1',
    port: path === undefined ? from('port').port('port', 6379) : 6379,
    path,
    family: from('family').family('family'),
    retryDelays: retryDelays(reader, 'retryStrategy'),
    tls,
  };
}

/** By ioredis itself, which reads the URL and fills in its defaults; lazy, it opens nothing. */
function resolve(reader: OptionReader, given: Options): Options {
  const { url, Connector, ...rest } = given as RedisOptions & { url?: unknown };
  if (Connector) throw new NotNative('connection.Connector makes the connections');
  if (url !== undefined && url !== null && typeof url !== 'string') throw reader.mustBe('url', 'a string');
  // 127.0.0.1 is BullMQ's default. What comes first counts: a URL may not have it connect.
  const options = [{ lazyConnect: true }, ...(url ? [url] : []), { host: '127.0.0.1', ...rest }];
  let client: Redis;
  try {
    client = new (Redis as unknown as new (...args: unknown[]) => Redis)(...options);
  } catch (error) {
    // Not with its cause, which holds the URL, with its password.
    throw reader.fail(`connection${url ? '.url' : ''} can't be used: ${(error as Error).message}`);
  }
  client.disconnect();
  return client.options as Options;
}
