// What workers that have nothing to do cost Redis, beside BullMQ's; `--report` puts it into docs/faults.md.
import { subjects } from './drill';
import { idle, type IdleOutcome } from './idle';
import { publish, table } from './page';

const kMs = Number(process.env.AUROCHS_IDLE_MS ?? 60_000);
const outcomes: IdleOutcome[] = [];

it.each(subjects)('$title: ten idle workers of a process', async subject => {
  const [one, ten] = await Promise.all([idle(subject, 1, kMs), idle(subject, 10, kMs)]);
  outcomes.push(one, ten);
  const bullmq = subject.name === 'bullmq';
  // BullMQ's Worker has two connections: nobody wants more than that.
  if (!bullmq) expect(ten.connections).toBeLessThanOrEqual(20);
});

afterAll(() => {
  const said = ({ commands }: IdleOutcome) =>
    Object.entries(commands)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const rows = outcomes.map(outcome => [
    ...[outcome.title, outcome.workers, outcome.connections, Math.round(outcome.perMinute)],
    said(outcome),
  ]);
  const head = ['workers of one process', 'how many', 'connections', 'commands per minute', 'Redis counts'];
  publish('idle', table(head, rows));
});
