// 50,000 jobs while networks and servers fail, beside BullMQ's own Worker; `--report` writes docs/faults.md.
import { expectWhole, subjects } from './drill';
import { clusterFailOver, sentinelFailOver } from './fail-over';
import { cablePulled, faultChaos } from './faults';
import { note, record, tellAll } from './report';

const seed = Number(process.env.AUROCHS_SEED ?? Date.now() % 1_000_000);
const jobs = Number(process.env.AUROCHS_CHAOS_JOBS ?? 50_000);

afterAll(() => tellAll(seed));

describe.each(subjects)('$title', subject => {
  it(`loses none of ${jobs} jobs while everything fails at random (AUROCHS_SEED=${seed})`, async () => {
    const outcome = await faultChaos({ subject, seed, jobs, count: 30, kills: 4 });
    record('random', outcome);
    if (subject.name !== 'aurochs') return;
    expectWhole(outcome);
    expect(outcome.engine).toBe('native');
    for (const { name, ms } of outcome.recoveries) expect({ name, late: ms > 10_000 }).toEqual({ name, late: false });
    // Flat: what is lost with every connection would add up to far more.
    expect(outcome.late.own).toBeLessThan(outcome.early.own * 1.5 + 30);
  });

  it('loses none when the cable is pulled for 5 s', async () => {
    const outcome = await cablePulled(subject, 5000);
    if (typeof outcome === 'string') return note(`No cable was pulled: ${outcome}.`);
    record('cable', outcome);
    if (subject.name === 'aurochs') expectWhole(outcome);
  });

  it('loses none when Sentinel makes a replica the master', async () => {
    const outcome = await sentinelFailOver(subject);
    record('sentinel', outcome);
    if (subject.name === 'aurochs') expectWhole(outcome);
  });

  it('loses none when a node of a cluster takes over', async () => {
    const outcome = await clusterFailOver(subject);
    record('cluster', outcome);
    if (subject.name === 'aurochs') expectWhole(outcome);
  });
});
