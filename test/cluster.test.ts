// A Redis Cluster: each queue is on the node that serves its slot, wherever that goes.
import { Queue } from 'bullmq';
import type { Cluster } from 'ioredis';
import { RedisCluster } from './support/cluster';
import { completeOneJob } from './support/one-job';
import { Bench, uniqueName } from './support/queue';
import { isAurochs, Worker } from './support/subject';
import { waitFor, waitForEvent } from './support/wait';

let cluster: RedisCluster;
let client: Cluster;
const bench = new Bench();

beforeAll(async () => {
  cluster = await RedisCluster.start();
});
beforeEach(() => {
  client = cluster.connect();
});
afterEach(async () => {
  await bench.clear();
  client.disconnect();
});
afterAll(() => cluster.stop());

async function works(prefix: string, name = uniqueName(), connection = client) {
  const queue = bench.keep(new Queue(name, { connection, prefix }));
  const worker = await completeOneJob(bench, queue, { connection, prefix });
  return { worker, queue, meta: `${prefix}:${name}:meta` };
}

it('works on the queues of every node', async () => {
  const served = new Set<number>();
  for (const prefix of ['{a}', '{b}', '{c}', '{d}', '{e}', '{f}']) {
    const { worker, meta } = await works(prefix);
    expect(worker.errors).toEqual([]);
    served.add((await cluster.nodeOf(meta)).port);
  }
  expect(served.size).toBe(3);
});

it("works by a hash tag in the queue's name", async () => {
  await works('bull', `{${uniqueName()}}`);
});

it('finds the other nodes by one', async () => {
  const one = cluster.connect({}, [cluster.nodes[2]]);
  bench.keep({ close: async () => one.disconnect() });
  for (const prefix of ['{a}', '{b}', '{c}']) await works(prefix, uniqueName(), one);
});

it('finds nodes by their other address', async () => {
  const natMap = Object.fromEntries(
    cluster.nodes.map(({ host, port }) => [`${host}:${port}`, { host: 'localhost', port }]),
  );
  const other = cluster.connect({ natMap, redisOptions: { family: 4 } });
  bench.keep({ close: async () => other.disconnect() });
  await works('{a}', uniqueName(), other);
});

it('follows a slot that is moved', async () => {
  const { worker, queue, meta } = await works('{moving}');
  const from = await cluster.nodeOf(meta);
  const to = cluster.nodes.find(node => node !== from)!;
  await cluster.move(meta, to);
  expect(await cluster.nodeOf(meta)).toBe(to);
  const completed = waitForEvent(worker, 'completed');
  await queue.add('job', { value: 41 });
  expect((await completed)[1]).toBe(42);
});

it('may be fetched from by hand', async () => {
  const prefix = '{hand}';
  const queue = bench.keep(new Queue(uniqueName(), { connection: client, prefix }));
  await queue.add('job', { value: 1 });
  const worker = bench.worker(queue, async () => undefined, { connection: client, prefix, autorun: false });
  expect(await worker.getNextJob('token')).toMatchObject({ name: 'job', data: { value: 1 } });
});

if (isAurochs) {
  it('refuses a queue whose keys would be in many slots', () => {
    const make = () => new Worker('q', async () => undefined, { connection: client });
    expect(make).toThrow(
      new TypeError(
        "Worker for queue 'q': on a Redis Cluster all keys of a queue must be in one slot: set prefix: '{bull}'",
      ),
    );
  });

  // BullMQ's own loop takes all of the thread then.
  it('says that no node answers', async () => {
    const nobody = cluster.connect({ lazyConnect: true }, [{ host: '127.0.0.1', port: 1 } as never]);
    const worker = bench.worker(uniqueName(), async () => undefined, { connection: nobody, prefix: '{a}' });
    await waitFor(() => worker.errors.length > 0);
    await worker.close(true);
    nobody.disconnect();
  });
}
