/**
 * ioredis's options of Redis Sentinel.
 */
import type { NativeAddress, NativeSentinels } from '../binding';
import { toAddress, toNatMap } from './addresses';
import { tlsOf } from './common';
import { OptionReader } from './option-reader';
import type { Options } from './option-reader';
import type { Endpoint } from './result';
import { retryDelays } from './retry-delays';

/** Before ioredis sees them, whose words are about the code, not the option. */
export function checkSentinels(reader: OptionReader): void {
  if (!reader.has('sentinels')) return;
  const sentinels = reader.get('sentinels');
  if (!Array.isArray(sentinels) || sentinels.length === 0) {
    throw reader.mustBe('sentinels', 'an array of { host, port }, one or more', '; leave it out for a single server');
  }
  if (typeof reader.get('name') !== 'string' || !reader.get('name')) {
    throw reader.mustBe('name', "the master's name", ', since there are sentinels');
  }
}

export function toSentinels(
  reader: OptionReader,
): Pick<Endpoint, 'host' | 'port' | 'tls' | 'retryDelays' | 'sentinels'> {
  checkSentinels(reader);
  const role = reader.get('role') ?? 'master';
  if (role === 'slave') throw reader.notNative('role', "is 'slave'");
  if (role !== 'master') throw reader.mustBe('role', "'master' or 'slave'");
  if (reader.get('failoverDetector')) throw reader.notNative('failoverDetector', 'has no native counterpart');
  const own = retryDelays(reader, 'sentinelRetryStrategy');
  if (own && !own.endless) throw reader.notNative('sentinelRetryStrategy', 'gives up');
  const sentinels: NativeSentinels = {
    addresses: addresses(reader),
    name: reader.text('name')!,
    username: reader.secret('sentinelUsername'),
    password: reader.secret('sentinelPassword'),
    tls: tlsOf(reader, [], 'sentinelTLS'),
    natMap: toNatMap(reader),
  };
  return {
    ...sentinels.addresses[0],
    // ioredis's rule: `tls` is for the server only if this says so too.
    tls: reader.get('enableTLSForSentinelMode') ? tlsOf(reader) : undefined,
    retryDelays: retryDelays(reader, 'retryStrategy') ?? own,
    sentinels,
  };
}

function addresses(reader: OptionReader): NativeAddress[] {
  const family = reader.family('family');
  return (reader.get('sentinels') as unknown[]).map((given, i) => {
    const name = `sentinels[${i}]`;
    if (typeof given !== 'object' || given === null) throw reader.mustBe(name, '{ host, port }');
    const one = new OptionReader(reader.who, `${reader.at}.${name}`, given as Options);
    if (one.get('family') && one.family('family') !== family) throw one.notNative('family', "is not the connection's");
    return toAddress(one, 26_379, 'localhost');
  });
}
