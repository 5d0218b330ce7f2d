// node-redis's clients as the connection.
import { createNodeRedisClient, Queue, type ConnectionOptions } from 'bullmq';
import { createClient } from 'redis';
import { completeOneJob } from './support/one-job';
import { Bench, uniqueName } from './support/queue';

const open = new Bench();
const locked = new Bench();
beforeAll(async () => {
  await open.open({ unixSocket: true });
  await locked.open({ password: 'p4ss', users: ['bob on >s3cret ~* &* +@all'] });
});
afterEach(() => Promise.all([open.clear(), locked.clear()]));
afterAll(() => Promise.all([open.stop(), locked.stop()]));

function client(bench: Bench, options: Parameters<typeof createClient>[0]) {
  const made = createClient(options);
  made.on('error', () => undefined); // it is closed before its server
  bench.keep({ close: async () => made.destroy() });
  return made;
}

async function works(bench: Bench, connection: ConnectionOptions, producer: object = bench.connection): Promise<void> {
  const queue = bench.keep(new Queue(uniqueName(), { connection: producer }));
  const worker = await completeOneJob(bench, queue, { connection });
  expect(worker.errors).toEqual([]);
}

it.each<[string, Bench, () => Parameters<typeof createClient>[0], () => object]>([
  ['a url', open, () => ({ url: `redis://127.0.0.1:${open.redis.port}` }), () => open.connection],
  ['a socket', open, () => ({ socket: { host: '127.0.0.1', port: open.redis.port } }), () => open.connection],
  ['a unix socket', open, () => ({ socket: { path: open.redis.path! } as never }), () => open.connection],
  [
    'a database',
    open,
    () => ({ url: `redis://127.0.0.1:${open.redis.port}`, database: 4 }),
    () => ({ ...open.connection, db: 4 }),
  ],
  [
    'a password',
    locked,
    () => ({ socket: { host: '127.0.0.1', port: locked.redis.port }, password: 'p4ss' }),
    () => locked.connection,
  ],
  [
    'a user in a url',
    locked,
    () => ({ url: `redis://bob:s3cret@127.0.0.1:${locked.redis.port}` }),
    () => locked.connection,
  ],
])('with %s', async (_, bench, options, producer) => {
  await works(bench, client(bench, options()) as unknown as ConnectionOptions, producer());
});

it("in BullMQ's adapter", async () => {
  const own = client(open, { url: `redis://127.0.0.1:${open.redis.port}` });
  await works(open, createNodeRedisClient(own as never));
});

it('stays open when the worker has closed', async () => {
  const own = client(open, { url: `redis://127.0.0.1:${open.redis.port}` });
  const worker = open.worker(uniqueName(), async () => undefined, { connection: own as unknown as ConnectionOptions });
  await worker.waitUntilReady();
  await worker.close();
  expect(await own.ping()).toBe('PONG');
});

it('may be fetched from by hand', async () => {
  const connection = client(open, { url: `redis://127.0.0.1:${open.redis.port}` }) as unknown as ConnectionOptions;
  const queue = open.queue();
  await queue.add('job', { value: 1 });
  const worker = open.worker(queue, async () => undefined, { connection, autorun: false });
  expect(await worker.getNextJob('token')).toMatchObject({ name: 'job', data: { value: 1 } });
});
