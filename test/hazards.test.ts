// Things that go wrong around a worker, each in a process of its own, which must end by itself and cleanly.
import { createServer, type Server, type Socket } from 'node:net';
import type { Queue } from 'bullmq';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { startRedis, type RedisServer } from './support/redis';
import { isAurochs } from './support/subject';
import { sleep, waitFor } from './support/wait';
import { Child, type Message } from './support-child';

const kClean = { code: 0, signal: null };

const bench = useBench();
const children: Child[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await child.exited;
  }
});

function start(program: string, queue: Queue | string, input: object = {}): Child {
  const name = typeof queue === 'string' ? queue : queue.name;
  const library = isAurochs ? fixtures() : undefined;
  const all = { connection: bench.connection, queue: name, library, ...input };
  const child = new Child(`hazards/${program}.mjs`, all);
  children.push(child);
  return child;
}

/** Waits for the program's end, which must be clean and without a word of complaint, and returns its last message. */
async function finish(child: Child, expected: object = kClean): Promise<Message> {
  const exit = await child.end();
  expect({ ...exit, complaints: child.complaints }).toEqual({ ...expected, complaints: '' });
  return child.messages.at(-1)!;
}

describe('a process', () => {
  it('exits without close(), with the code that it wants', async () => {
    const child = start('exit-idle', bench.queue());
    expect(await finish(child, { code: 7, signal: null })).toMatchObject({ event: 'completed', result: 'inline' });
  });

  it('exits in the middle of jobs that never end, and leaves them to be recovered', async () => {
    const queue = bench.queue();
    const child = start('exit-mid-job', queue);
    expect(await finish(child)).toEqual({ event: 'running' });
    for (const suffix of ['inline', 'native']) {
      const left = bench.queue({ name: `${queue.name}-${suffix}` });
      expect(await left.getJobCounts('active', 'completed', 'failed')).toEqual({ active: 1, completed: 0, failed: 0 });
    }
  });

  it('is kept alive by its worker until that is closed', async () => {
    const queue = bench.queue();
    const child = start('stays-alive', queue);
    await child.message('ready');
    await sleep(300); // would be enough to end, with nothing to wait for
    const job = await queue.add('job', { ms: 1 });
    expect(await child.message('completed')).toMatchObject({ id: job.id });
    expect(await finish(child)).toEqual({ event: 'closed' });
  });

  it('is kept alive by a worker that nobody listens to', async () => {
    const queue = bench.queue();
    const child = start('native-stays-alive', queue);
    await child.message('ready');
    await sleep(300);
    await queue.add('job', { ms: 1 });
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    child.kill('SIGTERM');
    expect(await finish(child)).toEqual({ event: 'closed' });
  });

  it('finishes its jobs in flight when SIGTERM closes its workers', async () => {
    const queue = bench.queue();
    const child = start('sigterm', queue);
    await child.message('running');
    child.kill('SIGTERM');
    expect(await finish(child)).toEqual({ event: 'closed' });
    for (const suffix of ['inline', 'native']) {
      const left = bench.queue({ name: `${queue.name}-${suffix}` });
      const { active, wait, completed } = await left.getJobCounts('active', 'wait', 'completed');
      expect(active).toBe(0);
      expect(completed).toBeGreaterThanOrEqual(2);
      expect(wait + completed).toBe(5);
    }
  });
});

describe('close()', () => {
  // BullMQ's own worker waits for its connection for ever.
  if (isAurochs) {
    it('ends while nobody listens on the port', async () => {
      const gone = await startRedis();
      await gone.stop();
      const child = start('close-while-connecting', 'queue', { connection: gone.connection });
      await finish(child);
      expect(child.messages.map(({ how }) => how).sort()).toEqual(['a little later', 'at once', 'by force', 'twice']);
    });

    it('ends while the server accepts connections and never answers', async () => {
      const sockets = new Set<Socket>();
      const server: Server = createServer(socket => void sockets.add(socket.on('error', () => undefined)));
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      try {
        const child = start('close-while-connecting', 'queue', { connection: { host: '127.0.0.1', port } });
        await finish(child);
        expect(child.messages.map(({ how }) => how).sort()).toEqual(['a little later', 'at once', 'by force', 'twice']);
        expect(sockets.size).toBeGreaterThan(0);
      } finally {
        for (const socket of sockets) socket.destroy();
        await new Promise(resolve => server.close(resolve));
      }
    });
  }

  it('leaks neither threads nor file descriptors', async () => {
    const child = start('open-and-close', bench.queue(), { times: 200 });
    const { before, after } = await finish(child);
    expect(after.threads).toBeLessThanOrEqual(before.threads);
    expect(after.files).toBeLessThanOrEqual(before.files);
  });

  it('may be called again and again, with and without force, while jobs run', async () => {
    const child = start('close-and-close', bench.queue());
    await finish(child);
    const closed = { event: 'closed', seen: ['closing', 'closed'], wait: 3 };
    expect(child.messages).toEqual(['inline', 'native'].map(suffix => ({ ...closed, suffix })));
  });
});

it('goes on in one worker thread when another is terminated in the middle of its jobs', async () => {
  const child = start('two-threads', bench.queue(), { rounds: 5 });
  expect(await finish(child)).toEqual({ event: 'done', rounds: 5, code: 0 });
});

describe('a processor', () => {
  it('that throws null or undefined fails its job and no more', async () => {
    const child = start('throw-null', bench.queue());
    expect(await finish(child)).toEqual({ event: 'done', completed: 1, failed: 4, active: 0, wait: 0 });
  });

  it('that throws an int fails its attempt and no more', async () => {
    const child = start('throw-int', bench.queue());
    const { reasons, attempts } = await finish(child);
    expect(attempts).toEqual([2, 2]);
    if (isAurochs) for (const reason of reasons) expect(reason).toMatch(/unknown|exception|C\+\+/i);
  });
});

it("survives an 'error' listener that throws", async () => {
  const child = start('error-listener-throws', bench.queue());
  await child.message('done');
  expect(await child.end()).toEqual(kClean);
  expect(child.messages.at(-1)!.errors).toBeGreaterThan(0);
});

describe('a server', () => {
  const jobs = 150;
  const disasters: Record<string, (server: RedisServer) => Promise<unknown>> = {
    'that is stopped and started': async server => {
      await server.kill('SIGTERM');
      await sleep(200);
      await server.restart();
    },
    'that is killed and started': server => server.restart(),
    'that hangs for a while': async server => {
      await server.kill('SIGSTOP');
      await sleep(1000);
      await server.kill('SIGCONT');
    },
    'that drops all connections': server => server.cli('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
    'that forgets its scripts': server => server.cli('SCRIPT', 'FLUSH'),
  };

  it.each(Object.entries(disasters))(
    '%s, again and again, costs no job',
    async (_, strike) => {
      // Nothing that was acknowledged is lost with the server: so every job must come to its end.
      const server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
      try {
        const child = start('survivor', 'queue', { connection: server.connection, jobs, ms: 20 });
        await child.message('ready');
        for (let i = 0; i < 3; i++) {
          await sleep(50);
          await strike(server);
        }
        expect(await child.message('done', 60_000)).toMatchObject({ completed: jobs, failed: 0 });
        expect(await child.end()).toEqual(kClean);
      } finally {
        await server.stop();
      }
    },
    90_000,
  );
});
