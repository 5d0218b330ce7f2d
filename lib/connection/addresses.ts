/**
 * Addresses of servers, and what they call themselves where that isn't where they are from here.
 */
import type { NativeAddress, NativeNatMap } from '../binding';
import type { OptionReader } from './option-reader';

/** ioredis's natMap: `{ 'host:port': { host, port } }`. */
export function toNatMap(reader: OptionReader): NativeNatMap | undefined {
  const given = reader.get('natMap');
  if (given === undefined) return undefined;
  if (typeof given === 'function') throw reader.notNative('natMap', 'is a function');
  const map = reader.under('natMap');
  return Object.fromEntries(map.names().map(name => [name, toAddress(map.under(name))]));
}

export function toAddress(reader: OptionReader, port?: number, host?: string): NativeAddress {
  const to = { host: reader.text('host') ?? host, port: reader.port('port', port ?? 0) };
  if (to.host === undefined) throw reader.mustBe('host', 'a string');
  return to as NativeAddress;
}
