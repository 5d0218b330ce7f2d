/**
 * Options of Node's tls.connect() as the native TLS takes them. What it has no counterpart for is a reason for BullMQ's
 * own loop, never passed over.
 */
import * as tls from 'node:tls';
import type { NativeTls } from '../binding';
import { defaultRoots } from './default-roots';
import type { OptionReader } from './option-reader';

/** The others that may be given: they have no effect on a client, or none on what is sent. */
const HARMLESS = ['profile', 'requestCert', 'honorCipherOrder', 'enableTrace'];

const HONOURED = [
  ...['ca', 'cert', 'key', 'passphrase', 'servername', 'rejectUnauthorized', 'checkServerIdentity'],
  ...['minVersion', 'maxVersion', 'ciphers'],
];

const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** @param others - options that the caller sees to. */
export function toTls(reader: OptionReader, others: string[] = []): NativeTls {
  const unknown = reader.names().find(name => ![...HONOURED, ...HARMLESS, ...others].includes(name));
  if (unknown) throw reader.notNative(unknown, 'has no native counterpart');
  const rejectUnauthorized = rejects(reader);
  const check = reader.get('checkServerIdentity');
  if (rejectUnauthorized && check !== undefined && check !== tls.checkServerIdentity) {
    throw reader.notNative('checkServerIdentity', 'is a function');
  }
  const { key, passphrase } = toKey(reader);
  return {
    ca: reader.get('ca') ? pem(reader, 'ca') : defaultRoots(),
    cert: only(reader, 'cert'),
    key,
    passphrase,
    servername: reader.text('servername') ?? '',
    minVersion: version(reader, 'minVersion', tls.DEFAULT_MIN_VERSION),
    maxVersion: version(reader, 'maxVersion', tls.DEFAULT_MAX_VERSION),
    ciphers: reader.text('ciphers') ?? tls.DEFAULT_CIPHERS,
    rejectUnauthorized,
  };
}

function rejects(reader: OptionReader): boolean {
  const given = reader.get('rejectUnauthorized');
  if (given === undefined) return process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0';
  if (typeof given !== 'boolean') throw reader.mustBe('rejectUnauthorized', 'a boolean');
  return given;
}

function version(reader: OptionReader, name: string, byDefault: string): string {
  const given = reader.get(name) ?? byDefault;
  if (!VERSIONS.includes(given as string)) throw reader.mustBe(name, `one of ${VERSIONS.join(', ')}`);
  return given as string;
}

const isText = (value: unknown): value is string | Uint8Array =>
  typeof value === 'string' || value instanceof Uint8Array;

const toText = (value: string | Uint8Array): string =>
  typeof value === 'string' ? value : Buffer.from(value).toString('utf8');

function pem(reader: OptionReader, name: string): string {
  const given = [reader.get(name)].flat();
  if (!given.every(isText)) throw reader.mustBe(name, 'PEM text: a string, a Buffer or an array of those');
  return given.map(toText).join('\n');
}

function only(reader: OptionReader, name: string): string {
  if (!reader.get(name)) return '';
  const given = reader.get(name);
  if (Array.isArray(given) && given.length > 1) throw reader.notNative(name, 'is an array of several');
  return pem(reader, name);
}

/** Node's `key` may be an array, of texts or of `{ pem, passphrase }`. */
function toKey(reader: OptionReader): { key: string; passphrase: string } {
  const [first, ...more] = [reader.get('key')].flat();
  const passphrase = reader.text('passphrase') ?? '';
  if (more.length > 0) throw reader.notNative('key', 'is an array of several');
  const boxed = first as { pem?: unknown; passphrase?: string } | undefined;
  if (Array.isArray(reader.get('key')) && isText(boxed?.pem)) {
    return { key: toText(boxed.pem), passphrase: boxed.passphrase ?? passphrase };
  }
  return { key: only(reader, 'key'), passphrase };
}
