// The outcomes of the drills as tables: see page.ts.
import { cpus } from 'node:os';
import type { DrillOutcome } from './drill';
import { publish, table } from './page';

const kScenarios: Record<string, string> = {
  random: 'Everything at random',
  cable: 'The cable is pulled for 5 s (all packets are dropped, nothing is closed)',
  sentinel: 'Sentinel: the master is killed, a replica takes over',
  cluster: 'Cluster of six: the master of the queue’s slot is killed, its replica takes over',
};

const outcomes: { scenario: string; outcome: DrillOutcome }[] = [];
const notes: string[] = [];

export function record(scenario: string, outcome: DrillOutcome): void {
  outcomes.push({ scenario, outcome });
}

export function note(text: string): void {
  notes.push(text);
}

const ms = (value: number | undefined) =>
  value === undefined ? '–' : Number.isFinite(value) ? `${Math.round(value)} ms` : 'never';
const median = (of: number[]) => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)];

function summary(of: DrillOutcome[]): string {
  return table(
    [
      'worker',
      'engine',
      'jobs',
      'lost',
      'twice',
      'stalled',
      'median recovery',
      'longest',
      'time',
      'own MB early → late',
    ],
    of.map(outcome => {
      const times = outcome.recoveries.map(recovery => recovery.ms);
      return [
        ...[outcome.title, outcome.engine, outcome.jobs, outcome.lost, outcome.twice.length, outcome.stalled],
        ...[ms(median(times)), ms(Math.max(...times)), `${outcome.seconds.toFixed(0)} s`],
        `${outcome.early.own.toFixed(0)} → ${outcome.late.own.toFixed(0)}`,
      ];
    }),
  );
}

/** The longest recovery of each kind of trouble, beside each other. */
function byTrouble(of: DrillOutcome[]): string {
  const names = [...new Set(of.flatMap(({ recoveries }) => recoveries.map(({ name }) => name)))].sort();
  const rows = names.map(name => {
    const times = of.map(({ recoveries }) => recoveries.filter(each => each.name === name).map(each => each.ms));
    const worst = times.map(each => ms(each.length > 0 ? Math.max(...each) : undefined));
    return [name, Math.max(...times.map(({ length }) => length)), ...worst];
  });
  return table(['trouble', 'times', ...of.map(({ title }) => title)], rows);
}

function render(seed: number): string {
  const parts: string[] = [];
  for (const [scenario, title] of Object.entries(kScenarios)) {
    const of = outcomes.filter(each => each.scenario === scenario).map(({ outcome }) => outcome);
    if (of.length === 0) continue;
    parts.push(`### ${title}`, summary(of));
    if (scenario === 'random') parts.push('Until the first completion, at worst:', byTrouble(of));
  }
  const machine = `${cpus().length} cores (${cpus()[0].model.trim()}), Node.js ${process.version}, seed ${seed}.`;
  return [...parts, ...notes, machine].join('\n\n');
}

export function tellAll(seed: number): void {
  const text = render(seed);
  publish('drills', text);
  for (const { scenario, outcome } of outcomes) {
    process.stdout.write(`${scenario}, ${outcome.title}: errors ${JSON.stringify(outcome.errors)}\n`);
  }
}
