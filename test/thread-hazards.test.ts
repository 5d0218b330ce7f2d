// Processes and threads that end while workers of theirs have JavaScript threads at work.
import { join } from 'node:path';
import { useBench } from './support/queue';
import { Child } from './support-child';

const bench = useBench();
const processor = join(__dirname, 'threads', 'does.cjs');
const children: Child[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await child.exited;
  }
});

function start(program: string, input: object = {}) {
  const queue = bench.queue();
  const child = new Child(`hazards/${program}.mjs`, {
    ...{ connection: bench.connection, queue: queue.name, processor },
    ...input,
  });
  children.push(child);
  return { child, queue };
}

/** The program ends by itself with this code, by no signal, and without a word of complaint. */
async function expectEnd(child: Child, code = 0): Promise<void> {
  const exit = await child.end();
  expect({ ...exit, complaints: child.complaints }).toEqual({ code, signal: null, complaints: '' });
}

it('process.exit() ends the process with its code while threads spin, report and wait', async () => {
  for (let round = 0; round < 3; round++) {
    const { child, queue } = start('exit-busy-threads');
    await expectEnd(child, 5);
    expect(child.messages).toEqual([{ event: 'running' }]);
    expect(await queue.getJobCounts('active', 'wait', 'failed')).toEqual({ active: 3, wait: 0, failed: 0 });
  }
});

it('SIGTERM ends a process whose threads spin once the shutdownTimeout has passed', async () => {
  const { child, queue } = start('sigterm-threads');
  await child.message('running');
  child.kill('SIGTERM');
  await expectEnd(child);
  const counts = { active: 0, wait: 2, completed: 1, failed: 0 };
  expect(child.messages.slice(1)).toEqual([{ event: 'closed', ...counts }]);
  for (const job of await queue.getWaiting()) expect(job).toMatchObject({ attemptsMade: 0, stalledCounter: 0 });
});

it('a worker thread may end in the middle of its jobs, and takes its own threads with it', async () => {
  const { child } = start('terminate-with-threads', { rounds: 8 });
  await expectEnd(child);
  const ends = child.messages.filter(({ event }) => event === 'ended');
  expect(ends).toEqual(
    Array.from({ length: 8 }, (_, i) => {
      const exits = i % 2 === 1;
      return { event: 'ended', exits, code: exits ? 3 : 1, value: i + 1, more: 0 };
    }),
  );
}, 60_000);
