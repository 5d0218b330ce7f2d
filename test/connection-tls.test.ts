// TLS options as the native TLS takes them, with Node's defaults; or the reason why it can't. Nothing is connected to.
import * as tls from 'node:tls';
import { endpoint, map, reason, who } from './support/connection-forms';

const { NODE_TLS_REJECT_UNAUTHORIZED } = process.env;
afterEach(() => {
  if (NODE_TLS_REJECT_UNAUTHORIZED === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  else process.env.NODE_TLS_REJECT_UNAUTHORIZED = NODE_TLS_REJECT_UNAUTHORIZED;
});

const given = (options: unknown): Record<string, unknown> => endpoint({ tls: options }).tls as Record<string, unknown>;

const defaults = {
  ca: expect.stringContaining(tls.rootCertificates[0]),
  ...{ cert: '', key: '', passphrase: '', servername: '' },
  minVersion: tls.DEFAULT_MIN_VERSION,
  maxVersion: tls.DEFAULT_MAX_VERSION,
  ciphers: tls.DEFAULT_CIPHERS,
  rejectUnauthorized: true,
};

const pem = (what: string) => `-----BEGIN ${what}-----`;

it.each<[string, unknown, object]>([
  ['nothing', {}, {}],
  ['true', true, {}],
  ['a text of no meaning, as of a URL', '{}', {}],
  ['a ca', { ca: pem('CA') }, { ca: pem('CA') }],
  ['a ca as bytes', { ca: Buffer.from(pem('CA')) }, { ca: pem('CA') }],
  ['several', { ca: [pem('A'), Buffer.from(pem('B'))] }, { ca: `${pem('A')}\n${pem('B')}` }],
  ['no ca at all', { ca: [] }, { ca: '' }],
  ['an empty ca', { ca: '' }, {}],
  ['a certificate', { cert: pem('C'), key: pem('K') }, { cert: pem('C'), key: pem('K') }],
  ['arrays of one', { cert: [pem('C')], key: [Buffer.from(pem('K'))] }, { cert: pem('C'), key: pem('K') }],
  ['a passphrase', { key: pem('K'), passphrase: 'x' }, { key: pem('K'), passphrase: 'x' }],
  [
    'a key with its own',
    { key: [{ pem: pem('K'), passphrase: 'y' }], passphrase: 'x' },
    { key: pem('K'), passphrase: 'y' },
  ],
  ['a key that takes it', { key: [{ pem: pem('K') }], passphrase: 'x' }, { key: pem('K'), passphrase: 'x' }],
  ['a name', { servername: 'redis' }, { servername: 'redis' }],
  ['versions', { minVersion: 'TLSv1', maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1', maxVersion: 'TLSv1.2' }],
  ['ciphers', { ciphers: 'AES128-SHA' }, { ciphers: 'AES128-SHA' }],
  ['no look', { rejectUnauthorized: false }, { rejectUnauthorized: false }],
  [
    'no look, by a function',
    { rejectUnauthorized: false, checkServerIdentity: () => undefined },
    { rejectUnauthorized: false },
  ],
  ["Node's own function", { checkServerIdentity: tls.checkServerIdentity }, {}],
])('%s', (_, options, expected) => {
  expect(given(options)).toEqual({ ...defaults, ...expected });
});

it.each(['RedisCloudFixed', { profile: 'RedisCloudFlexible' }])("ioredis's profile %j", profile => {
  const { ca } = given(profile);
  expect(ca).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(ca).not.toContain(tls.rootCertificates[0]);
});

it.each([false, null, undefined, '', 0])('no TLS: %p', value => {
  expect(endpoint({ tls: value }).tls).toBeUndefined();
});

it("goes over the connection's address", () => {
  const options = { host: 'a', port: 1, tls: { host: 'b', port: 2 } };
  expect(endpoint(options)).toMatchObject({ host: 'b', port: 2 });
});

it('NODE_TLS_REJECT_UNAUTHORIZED=0 holds where nothing else is said', () => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  expect(given({}).rejectUnauthorized).toBe(false);
  expect(given({ rejectUnauthorized: true }).rejectUnauthorized).toBe(true);
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = 'false';
  expect(given({}).rejectUnauthorized).toBe(true);
});

it.each<[object, string]>([
  [{ pfx: Buffer.from('x') }, 'connection.tls.pfx has no native counterpart'],
  [{ secureContext: tls.createSecureContext() }, 'connection.tls.secureContext has no native counterpart'],
  [{ secureProtocol: 'TLSv1_2_method' }, 'connection.tls.secureProtocol has no native counterpart'],
  [{ ALPNProtocols: ['redis'] }, 'connection.tls.ALPNProtocols has no native counterpart'],
  [{ crl: 'x' }, 'connection.tls.crl has no native counterpart'],
  [{ checkServerIdentity: () => undefined }, 'connection.tls.checkServerIdentity is a function'],
  [{ cert: [pem('A'), pem('B')] }, 'connection.tls.cert is an array of several'],
  [{ key: [pem('A'), pem('B')] }, 'connection.tls.key is an array of several'],
])('is not native: %#', (options, expected) => {
  expect(reason({ tls: options })).toBe(expected);
});

it.each<[object, string]>([
  [{ minVersion: 'TLSv9' }, "minVersion must be one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3, not 'TLSv9'"],
  [{ ca: 7 }, 'ca must be PEM text: a string, a Buffer or an array of those, not 7'],
  [{ key: [{}] }, 'key must be PEM text: a string, a Buffer or an array of those, not an object'],
  [{ passphrase: 7 }, 'passphrase must be a string, not 7'],
  [{ ciphers: [] }, 'ciphers must be a string, not []'],
  [{ rejectUnauthorized: 0 }, 'rejectUnauthorized must be a boolean, not 0'],
])('is refused: %j', (options, message) => {
  expect(() => map({ tls: options })).toThrow(new TypeError(`${who}: connection.tls.${message}`));
});
