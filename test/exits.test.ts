// Processes and threads that end while workers are at work: from within callbacks, or from outside.
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { isAurochs } from './support/subject';
import { Child } from './support-child';

const bench = useBench();
const children: Child[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await child.exited;
  }
});

function start(program: string, input: object = {}): Child {
  const library = isAurochs ? fixtures() : undefined;
  const all = { connection: bench.connection, queue: bench.queue().name, library, ...input };
  const child = new Child(`hazards/${program}.mjs`, all);
  children.push(child);
  return child;
}

/** The program ends by itself with this code, by no signal, and without a word of complaint. */
async function expectEnd(child: Child, code = 0): Promise<void> {
  const exit = await child.end();
  expect({ ...exit, complaints: child.complaints }).toEqual({ code, signal: null, complaints: '' });
}

describe('process.exit()', () => {
  it.each([
    ['construction', 'inline'],
    ['construction', 'native'],
    ['processor', 'inline'],
    ['active', 'inline'],
    ['active', 'native'],
    ['progress', 'native'],
    ['completed', 'inline'],
    ['completed', 'native'],
  ])('in %s ends the process, %s', async (place, kind) => {
    const child = start('exit-in-callback', { place, kind });
    await expectEnd(child, 3);
    expect(child.messages).toEqual([{ event: 'exiting', kind, place }]);
  });

  it('in a thread ends the thread, wherever it is called', async () => {
    const child = start('threads-that-exit');
    await expectEnd(child);
    const ends = child.messages.filter(({ event }) => event === 'exited');
    expect(ends).toHaveLength(13);
    for (const end of ends) expect(end).toMatchObject({ code: 3 });
    const goesOn = child.messages.filter(({ event }) => event === 'goes on');
    expect(goesOn.map(({ itself }) => itself)).toEqual(Array(7).fill(true));
  });
});

it('a thread may be terminated at any moment of its native jobs', async () => {
  const child = start('terminate-busy', { rounds: 5 });
  await expectEnd(child);
  expect(child.messages.at(-1)).toEqual({ event: 'done', rounds: 5 });
});

it('sweeps that were started by hand end with close(), and so does the process', async () => {
  const child = start('sweep-and-close');
  await expectEnd(child);
  expect(child.messages.map(({ which }) => which)).toEqual([
    'without a processor',
    'that never ran',
    'that ran',
    'that was paused',
  ]);
});
