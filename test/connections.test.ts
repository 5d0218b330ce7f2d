// The forms that `connection` may take.
import { Redis } from 'ioredis';
import { Queue, type ConnectionOptions } from 'bullmq';
import { completeOneJob } from './support/one-job';
import { Bench, uniqueName } from './support/queue';
import { type SubjectWorker } from './support/subject';
import { waitFor, waitForEvent } from './support/wait';

const open = new Bench();
const locked = new Bench();
beforeAll(async () => {
  await open.open({ unixSocket: true });
  await locked.open({ password: 'p4ss "word" 🐂', users: ['bob on >s3cret ~* &* +@all'] });
});
afterEach(() => Promise.all([open.clear(), locked.clear()]));
afterAll(() => Promise.all([open.stop(), locked.stop()]));

/** Has a worker on `connection` complete a job that came in over `producer`, and returns it. */
async function works(
  bench: Bench,
  connection: ConnectionOptions | Redis,
  producer: ConnectionOptions = bench.connection,
): Promise<SubjectWorker> {
  const queue = bench.keep(new Queue(uniqueName(), { connection: producer }));
  const worker = await completeOneJob(bench, queue, { connection: connection as ConnectionOptions });
  await waitFor(async () => (await queue.getCompletedCount()) === 1);
  expect(worker.errors).toEqual([]);
  return worker;
}

describe('the connection may be', () => {
  it('host and port', () => works(open, { host: '127.0.0.1', port: open.redis.port }));

  it('a port alone', () => works(open, { port: open.redis.port }));

  it('a port as text', () => works(open, { host: '127.0.0.1', port: String(open.redis.port) as never }));

  it('a host name', () => works(open, { host: 'localhost', port: open.redis.port, family: 4 }));

  it('a unix socket', () => works(open, { path: open.redis.path }));

  it('a URL', () => works(open, { url: `redis://127.0.0.1:${open.redis.port}` }));

  it('a URL with a database', async () => {
    const connection = { url: `redis://127.0.0.1:${open.redis.port}/5` };
    const worker = await works(open, connection, { ...open.connection, db: 5 });
    expect(await open.redis.client().exists(`bull:${worker.name}:meta`)).toBe(0); // database 0
  });

  it('another database', async () => {
    const connection = { ...open.connection, db: 3 };
    const worker = await works(open, connection, connection);
    expect(await open.redis.client().exists(`bull:${worker.name}:meta`)).toBe(0); // database 0
  });

  it('with a password', () => works(locked, { ...locked.connection, password: 'p4ss "word" 🐂' }));

  it('with a user and a password', () =>
    works(locked, { host: '127.0.0.1', port: locked.redis.port, username: 'bob', password: 's3cret' }));

  it('a URL with a user and a password', () =>
    works(locked, { url: `redis://bob:s3cret@127.0.0.1:${locked.redis.port}` }));

  it('an ioredis client', async () => {
    const client = new Redis({ ...open.connection, maxRetriesPerRequest: null });
    open.keep({ close: async () => client.disconnect() });
    const worker = await works(open, client);
    await worker.close();
    expect(await client.ping()).toBe('PONG'); // a client that was handed in stays open
  });

  it('an ioredis client in another database, with a password', async () => {
    const client = new Redis({ ...locked.connection, db: 2, maxRetriesPerRequest: null });
    locked.keep({ close: async () => client.disconnect() });
    await works(locked, client, { ...locked.connection, db: 2 });
  });

  it('an ioredis client that is shared by queue and workers', async () => {
    const client = new Redis({ ...open.connection, maxRetriesPerRequest: null });
    open.keep({ close: async () => client.disconnect() });
    const queue = open.queue({ connection: client });
    const workers = [1, 2].map(() => open.worker(queue, async () => undefined, { connection: client }));
    await queue.addBulk(Array.from({ length: 20 }, (_, i) => ({ name: 'job', data: i })));
    await waitFor(async () => (await queue.getCompletedCount()) === 20);
    await Promise.all(workers.map(worker => worker.close()));
    expect(await client.ping()).toBe('PONG');
  });

  it('an ioredis client that connects lazily', async () => {
    const client = new Redis({ ...open.connection, lazyConnect: true, maxRetriesPerRequest: null });
    open.keep({ close: async () => client.disconnect() });
    await works(open, client);
  });
});

describe('a connection that is refused', () => {
  it('for its password emits an error that says so', async () => {
    const worker = locked.worker(uniqueName(), async () => undefined, {
      connection: { ...locked.connection, password: 'wrong', retryStrategy: () => 20 },
    });
    await waitFor(() => worker.errors.some(error => /WRONGPASS|NOAUTH|invalid username-password/.test(String(error))));
    await worker.close(true);
  });

  it('because nobody listens is tried again, until somebody does', async () => {
    const late = new Bench();
    await late.open();
    const connection = { ...late.connection, retryStrategy: () => 20 };
    await late.redis.kill();
    const name = uniqueName();
    const worker = late.worker(name, async () => 'at last', { connection });
    await waitFor(() => worker.errors.length > 0);
    expect(worker.errors[0].message).toMatch(/ECONNREFUSED|refused/i);
    await late.redis.restart();
    const completed = waitForEvent(worker, 'completed');
    await late.queue({ name }).add('job', {});
    expect((await completed)[1]).toBe('at last');
    await late.stop();
  });
});
