// SECURITY.md: passwords and keys stay out of messages, errors' fields and worker.health().
import { Worker } from 'aurochs';
import { useBench } from './support/queue';
import { freePort } from './support/redis';
import { waitFor } from './support/wait';

const bench = useBench({ password: 'right' });
const kSecret = 'hunter2';
const kSentinel = { name: 'master', sentinelPassword: kSecret };

it.each<[string, (port: number) => unknown]>([
  ['a text', port => `redis://u:${kSecret}@127.0.0.1:${port}/0`],
  ['a url that is none', () => ({ url: `redis://u:${kSecret}@127.0.0.1:port/0` })],
  ['a url with a wrong option', port => ({ url: `redis://u:${kSecret}@127.0.0.1:${port}/0?connectTimeout=5` })],
  ['a key without its certificate', port => ({ port, tls: { key: kSecret } })],
  ['a passphrase that is no text', port => ({ port, tls: { passphrase: { kSecret } } })],
  ['no Sentinels', () => ({ ...kSentinel, sentinels: [] })],
])('a worker that is refused for %s', (_what, connection) => {
  let message = '';
  try {
    bench.keep(new Worker('q', async () => 1, { connection: connection(bench.redis.port) as never }));
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).not.toBe('');
  expect(message).not.toContain(kSecret);
});

it.each<[string, (port: number, nobody: number) => object]>([
  ['a wrong password', port => ({ port, password: kSecret })],
  ['a server that is away', (_port, nobody) => ({ port: nobody, username: 'u', password: kSecret })],
  ['a url of one that is away', (_port, nobody) => ({ url: `redis://u:${kSecret}@127.0.0.1:${nobody}/0` })],
  ['Sentinels that are away', (_port, port) => ({ ...kSentinel, sentinels: [{ host: '127.0.0.1', port }] })],
])('a worker that complains of %s', async (_what, connection) => {
  const errors: Error[] = [];
  const worker = bench.keep(
    new Worker('q', async () => 1, { connection: connection(bench.redis.port, await freePort()) as never }),
  );
  worker.on('error', error => errors.push(error));
  await waitFor(() => errors.length > 0 && worker.health().command.lastError);
  // ioredis's own errors have the command that was refused, as SECURITY.md tells.
  const ours = errors.filter(error => !('command' in error));
  expect(ours).not.toEqual([]);
  const said = JSON.stringify([ours, errors.map(error => [error.message, error.stack]), worker.health()]);
  expect(said).not.toContain(kSecret);
  await worker.close(true);
});
