// Connections by TLS: the certificates that are believed, and what is said of the others. Node's own TLS, which BullMQ's
// connections have, is the measure.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect, type ConnectionOptions as TlsOptions } from 'node:tls';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { Queue, type ConnectionOptions } from 'bullmq';
import { createClient } from 'redis';
import { Certificates } from './support/certificates';
import { completeOneJob } from './support/one-job';
import { Bench, uniqueName } from './support/queue';
import { freePort } from './support/redis';
import { isAurochs, type SubjectWorker } from './support/subject';
import { waitFor } from './support/wait';

const certificates = new Certificates();
const { ca, client, server, elsewhere, expired, stranger, passphrase, encryptedKey } = certificates;

/** Servers by what is special about them. */
const benches = { open: new Bench(), strict: new Bench(), elsewhere: new Bench(), expired: new Bench() };
type Name = keyof typeof benches;
const ports = {} as Record<Name, number>;

beforeAll(async () => {
  const start = async (name: Name, own: typeof server, authClients: 'yes' | 'no' = 'no') => {
    ports[name] = await freePort();
    await benches[name].open({ args: certificates.arguments(ports[name], own, authClients) });
  };
  await start('open', server);
  await start('strict', server, 'yes');
  await start('elsewhere', elsewhere);
  await start('expired', expired);
});
afterEach(() => Promise.all(Object.values(benches).map(bench => bench.clear())));
afterAll(async () => {
  await Promise.all(Object.values(benches).map(bench => bench.stop()));
  certificates.remove();
});

const to = (name: Name, tls: TlsOptions, more: object = {}) => ({
  ...{ host: '127.0.0.1', port: ports[name], tls, retryStrategy: () => 50 },
  ...more,
});

/** Has a worker on `connection` complete a job that came in over another connection of the kind. */
async function works(name: Name, connection: ConnectionOptions): Promise<SubjectWorker> {
  const bench = benches[name];
  const queue = bench.keep(new Queue(uniqueName(), { connection }));
  const worker = await completeOneJob(bench, queue, { connection });
  expect(worker.errors).toEqual([]);
  return worker;
}

describe('a server is believed', () => {
  it('by its authority', () => works('open', to('open', { ca: ca.cert })));
  it('by one of several', () => works('open', to('open', { ca: [Buffer.from(stranger.cert), ca.cert] })));
  it('by its name', () => works('open', to('open', { ca: ca.cert }, { host: 'localhost', family: 4 })));
  it('by another name', () => works('elsewhere', to('elsewhere', { ca: ca.cert, servername: 'redis.example' })));
  it('without a look', () => works('elsewhere', to('elsewhere', { rejectUnauthorized: false })));
  it('by a url', () => works('open', { url: `rediss://127.0.0.1:${ports.open}`, tls: { ca: ca.cert } }));

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('in %s', async version => {
    await works('open', to('open', { ca: ca.cert, minVersion: version, maxVersion: version }));
  });

  it('by an ioredis client', async () => {
    const redis = new Redis({ ...to('open', { ca: ca.cert }), maxRetriesPerRequest: null });
    benches.open.keep({ close: async () => redis.disconnect() });
    await works('open', redis);
  });

  it('by a node-redis client', async () => {
    const socket = { host: '127.0.0.1', port: ports.open, tls: true, ca: ca.cert } as const;
    const redis = createClient({ socket });
    benches.open.keep({ close: async () => redis.destroy() });
    await works('open', redis as unknown as ConnectionOptions);
  });

  it('by NODE_EXTRA_CA_CERTS, which Node reads as it starts', async () => {
    const program = join(__dirname, 'programs', 'tls-worker.mjs');
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca.certFile };
    const { stdout } = await promisify(execFile)(process.execPath, [program, String(ports.open)], { env });
    expect(stdout.trim()).toBe(isAurochs ? 'native 2' : 'undefined 2');
  });
});

describe('a server that wants a certificate', () => {
  it('gets it', () => works('strict', to('strict', { ca: ca.cert, cert: client.cert, key: client.key })));
  it('gets it by an encrypted key', () =>
    works('strict', to('strict', { ca: ca.cert, cert: Buffer.from(client.cert), key: [encryptedKey], passphrase })));

  it('and gets none hangs up', async () => {
    const worker = benches.strict.worker(uniqueName(), async () => undefined, {
      connection: to('strict', { ca: ca.cert }),
    });
    await waitFor(() => worker.errors.length > 0);
    await worker.close(true);
  });
});

/** The code of the error that Node's own TLS gives. */
async function codeOfNode(options: TlsOptions): Promise<string> {
  const socket = connect({ host: '127.0.0.1', ...options });
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return error.code!;
}

describe('a server is not believed', () => {
  it.each<[string, Name, TlsOptions]>([
    ['without an authority', 'open', {}],
    ['by another authority', 'open', { ca: stranger.cert }],
    ["since its name isn't in its certificate", 'elsewhere', { ca: ca.cert }],
    ['since its certificate has expired', 'expired', { ca: ca.cert }],
  ])('%s: an error says so, with the code of Node', async (_, name, tls) => {
    const code = await codeOfNode({ ...tls, port: ports[name] });
    const worker = benches[name].worker(uniqueName(), async () => undefined, { connection: to(name, tls) });
    const codes = () => worker.errors.map(error => (error as NodeJS.ErrnoException).code);
    // Once from BullMQ's own connection, and from each of the native ones.
    await waitFor(() => codes().filter(each => each === code).length >= 3);
    if (isAurochs) expect(worker.errors.some(error => error.message.startsWith('TLS with 127.0.0.1:'))).toBe(true);
    await worker.close(true);
  });
});

describe('options that OpenSSL can not use', () => {
  const refuse = (tls: TlsOptions) => () =>
    benches.open.worker('q', async () => undefined, { connection: to('open', tls) });

  if (isAurochs) {
    it.each<[string, TlsOptions, RegExp]>([
      ['a ca', { ca: './ca.pem' }, /^Worker for queue 'q': connection\.tls\.ca holds no certificate/],
      ['a key', { ca: ca.cert, cert: client.cert, key: server.key }, /^Worker for queue 'q': connection\.tls\./],
      ['a passphrase', { cert: client.cert, key: encryptedKey }, /connection\.tls\.key is encrypted/],
      ['ciphers', { ca: ca.cert, ciphers: 'NONE-SUCH' }, /connection\.tls\.ciphers/],
    ])('%s: the worker is refused', (_, tls, message) => {
      expect(refuse(tls)).toThrow(message);
    });
  }
});
