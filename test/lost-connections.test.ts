// A worker that waits for jobs loses its connections in the very moment that a job comes: the job is not forgotten.
import { native } from 'aurochs';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { isAurochs } from './support/subject';
import { waitFor, waitForEvent } from './support/wait';

const bench = useBench();

interface Client {
  id: string;
  cmd: string;
}

async function clients(): Promise<Client[]> {
  const lines = String(await bench.redis.cli('CLIENT', 'LIST'))
    .trim()
    .split('\n');
  return lines.map(line => Object.fromEntries(line.split(' ').map(field => field.split('='))) as unknown as Client);
}

const kill = ({ id }: Client) => bench.redis.cli('CLIENT', 'KILL', 'ID', id);

const processors: Record<string, () => object> = {
  inline: () => async () => undefined,
  ...(isAurochs ? { native: () => native(fixtures(), 'sum') } : {}),
};

type Strike = (blocking: Client, commands: Client[], add: () => Promise<unknown>) => Promise<unknown>[];

/** What reaches the server one after the other, without a pause. */
const strikes: Record<string, Strike> = {
  'both connections, the job': (blocking, commands, add) => [kill(blocking), ...commands.map(kill), add()],
  'the other one, the job, the one that waits': (blocking, commands, add) => [
    ...commands.map(kill),
    add(),
    kill(blocking),
  ],
  'the job, both connections': (blocking, commands, add) => [add(), kill(blocking), ...commands.map(kill)],
  'the one that waits, the job': (blocking, _commands, add) => [kill(blocking), add()],
  'the job, the other connection': (_blocking, commands, add) => [add(), ...commands.map(kill)],
};

const rounds = 3;

describe.each(Object.entries(processors))('%s', (_, processor) => {
  it.each(Object.entries(strikes))('every job is worked: %s', async (_, strike) => {
    const queue = bench.queue();
    await queue.waitUntilReady();
    const others = new Set((await clients()).map(({ id }) => id));
    // Nothing but the marker of a job wakes this worker up; a job whose fetch lost its answer is recovered as stalled.
    bench.worker(queue, processor(), {
      connection: { ...bench.connection, retryStrategy: () => 20 },
      drainDelay: 120,
      ...{ lockDuration: 1000, stalledInterval: 200, maxStalledCount: 1000 },
    });
    const waiting = ({ cmd }: Client) => cmd === 'bzpopmin';
    for (let round = 1; round <= rounds; round++) {
      const own = await waitFor(
        async () => {
          const own = (await clients()).filter(({ id }) => !others.has(id));
          return own.length > 1 && own.some(waiting) ? own : undefined;
        },
        { what: 'the worker to wait for jobs', interval: 5 },
      );
      const add = () => queue.add('job', { a: round });
      await Promise.all(
        strike(
          own.find(waiting)!,
          own.filter(client => !waiting(client)),
          add,
        ),
      );
      await waitFor(async () => (await queue.getCompletedCount()) === round, { what: `the job of round ${round}` });
    }
    const counts = await queue.getJobCounts('wait', 'active', 'completed', 'failed');
    expect(counts).toEqual({ wait: 0, active: 0, completed: rounds, failed: 0 });
  });
});

it('the connection that waits comes back by itself, and waits again', async () => {
  const queue = bench.queue();
  await queue.waitUntilReady();
  const worker = bench.worker(queue, async () => 'done', {
    connection: { ...bench.connection, retryStrategy: () => 20 },
    drainDelay: 120,
  });
  const blocked = () => clients().then(all => all.find(({ cmd }) => cmd === 'bzpopmin'));
  for (let round = 0; round < 3; round++) {
    const before = await waitFor(blocked);
    await kill(before);
    const after = await waitFor(async () => {
      const now = await blocked();
      return now && now.id !== before.id ? now : undefined;
    });
    expect(Number(after.id)).toBeGreaterThan(Number(before.id));
  }
  const completed = waitForEvent(worker, 'completed');
  await queue.add('job', {});
  expect((await completed)[1]).toBe('done');
});
