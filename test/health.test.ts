// worker.health(): what it says of the connections, and how few there are.
import { Queue } from 'bullmq';
import { useBench } from './support/queue';
import { isAurochs, type SubjectWorker, Worker } from './support/subject';
import { waitFor, waitForEvent } from './support/wait';

const bench = useBench();

type Health = { ready: boolean; engine: string } & Record<
  'command' | 'blocking',
  {
    status: string;
    server: string;
    lastReplyAge: number;
    reconnects: number;
    lastError?: { code: string; message: string };
  }
>;
const healthOf = (worker: unknown) => (worker as { health(): Health }).health();

const names = async () =>
  String(await bench.redis.cli('CLIENT', 'LIST'))
    .split('\n')
    .map(line => /id=(\d+).* name=(\S*) .*cmd=(\S+)/.exec(line)?.slice(1))
    .filter(client => client !== undefined) as [id: string, name: string, command: string][];

const ofAurochs = isAurochs ? describe : () => undefined;

ofAurochs('health()', () => {
  it('is ready once the worker is, and tells of replies', async () => {
    const worker = bench.worker(bench.queue(), async () => undefined);
    await worker.waitUntilReady();
    const { ready, engine, command, blocking } = healthOf(worker);
    expect({ ready, engine }).toEqual({ ready: true, engine: 'native' });
    for (const connection of [command, blocking]) {
      expect(connection).toEqual({
        status: 'ready',
        server: `127.0.0.1:${bench.redis.port}`,
        lastReplyAge: expect.any(Number),
        reconnects: 0,
      });
    }
  });

  it('counts reconnects and keeps the last error', async () => {
    const worker = bench.worker(bench.queue(), async () => undefined);
    await worker.waitUntilReady();
    const closed = waitForEvent(worker, 'ioredis:close');
    const waiting = await waitFor(async () => (await names()).find(([, , command]) => command === 'bzpopmin'));
    await bench.redis.cli('CLIENT', 'KILL', 'ID', waiting[0]);
    await waitFor(() => healthOf(worker).blocking.reconnects === 1);
    expect(healthOf(worker).blocking.lastError).toMatchObject({ code: 'EOF' });
    expect(healthOf(worker).command.reconnects).toBe(0);
    await bench.redis.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    await closed;
    await waitFor(() => healthOf(worker).command.reconnects === 1 && healthOf(worker).ready);
  });

  it('says so while there is no server', async () => {
    const worker = bench.keep(
      new Worker('q', async () => undefined, { connection: { host: '127.0.0.1', port: 1 } }),
    ) as SubjectWorker;
    worker.on('error', () => undefined);
    await waitFor(() => healthOf(worker).command.lastError?.code === 'ECONNREFUSED');
    expect(healthOf(worker)).toMatchObject({ ready: false, blocking: { server: '127.0.0.1:1' } });
    await worker.close(true);
    expect(healthOf(worker)).toMatchObject({ ready: false, command: { status: 'end' }, blocking: { status: 'end' } });
  });

  it("of BullMQ's loop is that of its clients", async () => {
    const worker = bench.keep(new Worker('q', null as never, { connection: bench.connection })) as SubjectWorker;
    await worker.waitUntilReady();
    expect(healthOf(worker)).toMatchObject({ engine: 'bullmq', ready: true, command: { status: 'ready' } });
  });
});

ofAurochs('connections', () => {
  it('ten workers share one for commands and one for what is rare, and each waits on its own', async () => {
    const before = (await names()).length;
    const queues = Array.from({ length: 10 }, () => bench.queue());
    const workers = queues.map(queue => bench.worker(queue, async () => undefined));
    await Promise.all([...workers, ...queues].map(each => each.waitUntilReady()));
    const ofQueues = queues.length;
    await waitFor(async () => (await names()).length - before - ofQueues === 12);
    // The first that closes leaves the others theirs.
    await workers[0].close();
    const done = workers.slice(1).map(worker => waitForEvent(worker, 'completed'));
    await Promise.all(queues.slice(1).map(queue => queue.add('job', {})));
    await Promise.all(done);
    expect(await queues[1].getWorkersCount()).toBe(1);
    await Promise.all(workers.map(worker => worker.close()));
    await waitFor(async () => (await names()).length - before - ofQueues === 0);
  });

  it('workers of different options have their own', async () => {
    const queue = bench.keep(new Queue('q', { connection: { ...bench.connection, db: 1 } }));
    const other = bench.keep(
      new Worker('q', async () => 'one', { connection: { ...bench.connection, db: 1 } }),
    ) as SubjectWorker;
    const worker = bench.keep(new Worker('q', async () => 'zero', { connection: bench.connection })) as SubjectWorker;
    worker.on('completed', () => other.emit('error', new Error('in the wrong database')));
    const completed = waitForEvent(other, 'completed');
    await queue.add('job', {});
    expect((await completed)[1]).toBe('one');
  });
});
