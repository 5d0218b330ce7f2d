// Threads as the main thread sees them: started, tried again, ended; with a stand-in for what runs in them.
import { describeEnd } from '../lib/threads/thread-end';
import { FILE, Fleet, NEVER_MS, useFleets } from './support/fleet';
import { waitFor, within } from './support/wait';

useFleets();

describe('a thread', () => {
  it('is started, gets ready and ends', async () => {
    const fleet = new Fleet();
    fleet.start(2);
    await fleet.heard('1 ready', '2 ready');
    expect(fleet.group.threads()).toEqual([1, 2]);
    fleet.tell(1, 'end');
    expect(await fleet.endOf(1)).toEqual({ code: 0, error: undefined });
    expect(fleet.group.threads()).toEqual([2]);
    expect(fleet.errors).toEqual([]);
    expect(fleet.unavailable).toBe(0);
  });

  it('may be told its number', async () => {
    let number = 6;
    const fleet = new Fleet([], { nextNumber: () => ++number });
    fleet.start();
    await fleet.heard('7 ready');
    expect(fleet.group.has(7)).toBe(true);
  });

  it("may send messages of the user's", async () => {
    const fleet = new Fleet(['chat']);
    fleet.start();
    await fleet.heard('1 ready');
    fleet.tell(1, 'end');
    expect(await fleet.endOf(1)).toMatchObject({ code: 0 });
  });

  it.each([
    ['exit', /^the processor's thread ended: process\.exit\(3\)$/],
    ['throw', /^nobody catches this$/],
    ['throwNull', /threw null$/],
    ['throwText', /^just a text$/],
  ])('ends by %s, and it can be told why', async (action, message) => {
    const fleet = new Fleet();
    fleet.start();
    await fleet.heard('1 ready');
    fleet.tell(1, action);
    const error = describeEnd(await fleet.endOf(1));
    expect(error.message).toMatch(message);
    expect(typeof error.stack).toBe('string');
  });

  it('keeps name and stack of what nobody caught', async () => {
    const fleet = new Fleet();
    fleet.start();
    await fleet.heard('1 ready');
    fleet.tell(1, 'throw');
    const error = describeEnd(await fleet.endOf(1));
    expect(error.name).toBe('TypeError');
    expect(error.stack).toContain('stand-in.cjs');
  });

  it('ends when it is out of memory, and the limit is named', async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 16 };
    const fleet = new Fleet([], {}, { resourceLimits });
    fleet.start();
    await fleet.heard('1 ready');
    fleet.tell(1, 'exhaust');
    const error = describeEnd(await fleet.endOf(1), resourceLimits);
    expect(error.message).toContain('ran out of memory (resourceLimits.maxOldGenerationSizeMb is 16)');
    expect(error).toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
  });
});

describe('a start that fails', () => {
  it.each([
    ['fail', 'no processor in here', 'stand-in.cjs'],
    ['throw', 'nobody catches this', 'stand-in.cjs'],
    ['throwNull', 'threw null', ''],
    ['exit', 'process.exit(3)', ''],
    ['end', 'process.exit(0)', ''],
    ['exhaust', 'ran out of memory (resourceLimits.maxOldGenerationSizeMb is 16)', ''],
  ])('(%s) is told of once, and tried again', async (action, message, stack) => {
    const fleet = new Fleet([action], {}, { resourceLimits: { maxOldGenerationSizeMb: 16 } });
    fleet.start();
    await fleet.heard('2 ready');
    expect(fleet.errors).toHaveLength(1);
    expect(fleet.errors[0].message).toContain(`${FILE.href} (tried again in 5 ms)`);
    expect(fleet.errors[0].message).toContain(message);
    expect(fleet.errors[0].stack).toContain(message);
    expect(fleet.errors[0].stack).toContain(stack);
    expect(fleet.errors[0].cause).toMatchObject({ message: expect.stringContaining(message) });
    expect(fleet.unavailable).toBe(1);
    expect([...fleet.gone]).toEqual([]);
  });

  it('is told of when Node takes no such options', async () => {
    const fleet = new Fleet([], { firstBackoff: NEVER_MS }, { argv: 'none' as never });
    fleet.start();
    expect((await fleet.errorsAre(1))[0].cause).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(fleet.group.size).toBe(0);
  });

  it('ends a thread that does not end by itself', async () => {
    const fleet = new Fleet(['failAndStay'], { termination: 20, firstBackoff: NEVER_MS });
    fleet.start();
    expect((await fleet.errorsAre(1))[0].message).toMatch(/: stays$/);
    expect(fleet.group.size).toBe(0);
  });

  it('waits twice as long each time, until one succeeds', async () => {
    const fleet = new Fleet(['fail', 'fail', 'fail', 'ready', 'fail']);
    fleet.start();
    await fleet.heard('4 ready');
    fleet.start();
    await fleet.heard('6 ready');
    const delays = fleet.errors.map(({ message }) => /in (\d+) ms/.exec(message)![1]);
    expect(delays).toEqual(['5', '10', '20', '5']);
    expect(fleet.unavailable).toBe(4);
  });

  it('stands for all that fail with it', async () => {
    const fleet = new Fleet(['fail', 'fail', 'fail', 'fail']);
    fleet.start(3);
    await waitFor(() => fleet.said.length === 3);
    const delays = fleet.errors.map(({ message }) => /in (\d+) ms/.exec(message)![1]);
    expect(delays).toEqual(['5', '10']);
    expect(fleet.group.size).toBe(3);
  });

  it('keeps in mind how many are wanted meanwhile, and says that there are none', async () => {
    const fleet = new Fleet(['fail'], { firstBackoff: 100 });
    fleet.start();
    await fleet.errorsAre(1);
    fleet.start(3);
    expect(fleet.group.size).toBe(0);
    expect(fleet.unavailable).toBe(4);
    await fleet.heard('2 ready', '3 ready', '4 ready', '5 ready');
    expect(fleet.group.size).toBe(4);
    expect(fleet.errors).toHaveLength(1);
  });

  it('is made up for as soon as another one succeeds', async () => {
    const fleet = new Fleet(['fail', 'wait'], { firstBackoff: NEVER_MS });
    fleet.start(2);
    await fleet.errorsAre(1);
    // It may not listen yet; it gets ready only once in any case.
    await waitFor(() => {
      if (!fleet.said.includes('2 ready')) fleet.tell(2, 'ready');
      return fleet.said.includes('3 ready');
    });
    expect(fleet.group.threads()).toEqual([2, 3]);
  });
});

describe('terminate()', () => {
  it.each(['loop', 'sleepInAtomics'])('ends a thread that is in a %s', async action => {
    const fleet = new Fleet();
    fleet.start();
    await fleet.heard('1 ready');
    fleet.tell(1, action);
    await fleet.heard(`1 ${action}`);
    expect(await fleet.group.terminate(1)).toBe(true);
    expect(await fleet.endOf(1)).toMatchObject({ code: 1 });
  });

  it('gives up a thread that can not be interrupted, which ends when it can', async () => {
    const fleet = new Fleet([], { termination: 20 });
    fleet.start();
    await fleet.heard('1 ready');
    fleet.tell(1, 'block');
    await fleet.heard('1 block');
    expect(await fleet.group.terminate(1)).toBe(false);
    expect(fleet.group.has(1)).toBe(true);
    fleet.release();
    await fleet.endOf(1);
    expect(fleet.group.has(1)).toBe(false);
  });

  it('of one that is being started is no failure', async () => {
    const fleet = new Fleet(['wait']);
    fleet.start();
    expect(await fleet.group.terminate(1)).toBe(true);
    await waitFor(() => fleet.group.size === 0);
    fleet.start();
    await fleet.heard('2 ready');
    expect(fleet.errors).toEqual([]);
    expect([...fleet.gone]).toEqual([]);
  });

  it('of one that is not there has nothing to do', async () => {
    expect(await new Fleet().group.terminate(9)).toBe(true);
  });
});

describe('close()', () => {
  it('waits for the threads to end', async () => {
    const fleet = new Fleet();
    fleet.start(2);
    await fleet.heard('1 ready', '2 ready');
    const closed = fleet.group.close(NEVER_MS);
    fleet.tell(1, 'end');
    await fleet.endOf(1);
    expect(fleet.group.threads()).toEqual([2]);
    fleet.tell(2, 'end');
    await closed;
    expect([...fleet.gone.values()]).toEqual(Array(2).fill({ code: 0, error: undefined }));
  });

  it('terminates what is left after the timeout', async () => {
    const fleet = new Fleet();
    fleet.start(2);
    await fleet.heard('1 ready', '2 ready');
    fleet.tell(1, 'loop');
    await fleet.heard('1 loop');
    await within(fleet.group.close(20), 'the end of close()');
    expect(await fleet.endOf(1)).toMatchObject({ code: 1 });
    expect(fleet.group.size).toBe(0);
  });

  it('does not wait for what can not be terminated', async () => {
    const fleet = new Fleet([], { termination: 20 });
    fleet.start();
    await fleet.heard('1 ready');
    fleet.tell(1, 'block');
    await fleet.heard('1 block');
    await within(fleet.group.close(20), 'the end of close()');
    expect(fleet.group.threads()).toEqual([1]);
    fleet.release();
    await fleet.endOf(1);
  });

  it('does not wait for a thread that never gets ready', async () => {
    const fleet = new Fleet(['wait', 'wait']);
    fleet.start(2);
    await within(fleet.group.close(NEVER_MS), 'the end of close()');
    await waitFor(() => fleet.group.size === 0);
    expect(fleet.errors).toEqual([]);
    expect(fleet.unavailable).toBe(0);
  });

  it('ends the wait for another try', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(type => type === 'Timeout').length;
    const fleet = new Fleet(['fail'], { firstBackoff: NEVER_MS });
    fleet.start();
    await fleet.errorsAre(1);
    const before = timers();
    await fleet.group.close(NEVER_MS);
    expect(timers()).toBe(before - 1);
  });

  it('starts none afterwards, not even those that were wanted', async () => {
    const fleet = new Fleet(['fail', 'wait']);
    fleet.start();
    await fleet.errorsAre(1);
    fleet.start(2);
    await waitFor(() => fleet.group.has(2));
    const closed = fleet.group.close(NEVER_MS);
    fleet.start();
    await within(closed, 'the end of close()');
    await waitFor(() => fleet.group.size === 0);
    expect(fleet.errors).toHaveLength(1);
  });

  it('may be called again, to hurry', async () => {
    const fleet = new Fleet();
    fleet.start();
    await fleet.heard('1 ready');
    const closed = fleet.group.close(NEVER_MS);
    await within(Promise.all([closed, fleet.group.close(0)]), 'the end of close()');
    expect(await fleet.endOf(1)).toMatchObject({ code: 1 });
  });
});
