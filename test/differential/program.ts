// The program of `npm run test:differential`: many histories, with word of how far it has come.
//   differential.cjs <our script's path> <histories> <first seed> [mutants]
import { readFileSync } from 'node:fs';
import { describeParting, Differential } from './differential';
import { mutants, mutate } from './mutants';
import { Tally } from './tally';

/** ms */
const kWordEvery = 10_000;
/** Until a mutant must have been noticed. */
const kMutantHistories = 5000;

const start = performance.now();
const seconds = () => Math.round((performance.now() - start) / 1000);

async function compare(differential: Differential, histories: number, seed: number): Promise<boolean> {
  const tally = new Tally();
  let spoken = start;
  const said = () => {
    if (performance.now() - spoken < kWordEvery) return;
    spoken = performance.now();
    console.log(`${tally.histories} of ${histories} histories, ${seconds()} s`);
  };
  const parting = await differential.run(seed, histories, { tally, said });
  if (parting) {
    console.error(describeParting(parting));
    return false;
  }
  console.log(`${tally.histories} histories from seed ${seed} on: no difference (${seconds()} s)\n${String(tally)}`);
  return true;
}

/** Whether the histories can tell each of the mutants from our script. */
async function notice(differential: Differential, source: string, seed: number): Promise<boolean> {
  const unnoticed: string[] = [];
  let most = 0;
  for (const mutant of mutants) {
    const tally = new Tally();
    const options = { source: mutate(source, mutant), tally, shrink: false };
    if (!(await differential.run(seed, kMutantHistories, options))) unnoticed.push(mutant.what);
    most = Math.max(most, tally.histories);
  }
  for (const what of unnoticed) console.error(`not noticed in ${kMutantHistories} histories: ${what}`);
  const noticed = mutants.length - unnoticed.length;
  console.log(`${noticed} of ${mutants.length} mutants noticed, each within ${most} histories (${seconds()} s)`);
  return unnoticed.length === 0;
}

async function main(scriptPath: string, histories: number, seed: number, withMutants: boolean): Promise<boolean> {
  const source = readFileSync(scriptPath, 'utf8');
  const differential = await Differential.open(source);
  try {
    if (!(await compare(differential, histories, seed))) return false;
    return !withMutants || (await notice(differential, source, seed));
  } finally {
    await differential.close();
  }
}

const [scriptPath, histories, seed, withMutants] = process.argv.slice(2);
process.exitCode = 1; // until it is known that nothing differs
const alive = setInterval(() => undefined, kWordEvery); // the Redis that it starts doesn't keep the process alive
void main(scriptPath, Number(histories), Number(seed), withMutants === 'mutants')
  .then(same => {
    process.exitCode = same ? 0 : 1;
  })
  .finally(() => clearInterval(alive));
