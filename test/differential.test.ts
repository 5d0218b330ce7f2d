// Random histories, through BullMQ's scripts and through ours, leave the same data and give the same replies.
// `npm run test:differential` runs more of them.
import { randomInt } from 'node:crypto';
import { describeParting, Differential } from './differential/differential';
import { ourSource } from './differential/hand-written';
import { mutants, mutate } from './differential/mutants';
import { Tally } from './differential/tally';

const source = ourSource();

let differential: Differential;
beforeAll(async () => {
  differential = await Differential.open(source);
});
afterAll(() => differential.close());

async function expectNoDifference(seed: number, histories: number, tally: Tally): Promise<void> {
  const parting = await differential.run(seed, histories, { tally });
  if (parting) throw new Error(describeParting(parting));
}

it('finds no difference in histories from fixed seeds', async () => {
  const tally = new Tally();
  for (const seed of [1, 2, 3, 4]) await expectNoDifference(seed, 30, tally);
  // What it has seen is worth something: hundreds of jobs completed by ours, some left, some refused.
  expect(tally.histories).toBe(120);
  expect(tally.of(0)).toBeGreaterThan(400);
  expect(tally.of(1)).toBeGreaterThan(20);
  expect(tally.of(-2) + tally.of(-3) + tally.of(-6)).toBeGreaterThan(5);
});

it('finds no difference in histories that no run has seen before', async () => {
  await expectNoDifference(randomInt(1_000_000_000), 100, new Tally());
});

describe('notices', () => {
  const kSeed = 7;
  const kEnough = 100;

  it.each(mutants.filter(({ rare }) => !rare).map(mutant => [mutant.what, mutant] as const))(
    '%s',
    async (_, mutant) => {
      const parting = await differential.run(kSeed, kEnough, { source: mutate(source, mutant), shrink: false });
      expect(parting?.message).toMatch(/after operation \d+/);
    },
  );

  it('nothing in a script that is only written another way', async () => {
    const another = {
      what: 'another wording',
      from: 'local rcall = redis.call\n',
      to: 'local rcall = redis["call"]\n',
    };
    const parting = await differential.run(kSeed, 10, { source: mutate(source, another) });
    expect(parting).toBeUndefined();
  });

  it('and makes the history smaller in which it has noticed something', async () => {
    const noMarker = mutants.find(({ what }) => what === 'never drained')!;
    const parting = await differential.run(kSeed, kEnough, { source: mutate(source, noMarker) });
    expect(parting!.history.operations.length).toBeLessThan(12);
    expect(describeParting(parting!)).toContain(`--seed ${parting!.seed}`);
  });
});
