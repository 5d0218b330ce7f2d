// The tests of a table of faults, and a table of how long it took to be back at work.
import { play, type FaultCase } from './stage';

/** Jest runs five at a time; each has a Redis of its own. */
export function faultTests(cases: Record<string, FaultCase>): void {
  const lines: string[] = [];
  const ms = (time: number) => (Number.isNaN(time) ? '-' : String(time)).padStart(6);
  it.concurrent.each(Object.entries(cases))(
    '%s',
    async (title, fault) => {
      const { wrong, members } = await play(fault);
      for (const { name, recovery, whole, failedAttempts, errors } of members) {
        const codes = [...new Set(errors.map(({ code }) => code ?? 'other'))].join(' ');
        lines.push(
          `${title.padEnd(48)} ${name.padEnd(32)} ${ms(recovery)} ${ms(whole)} ${ms(failedAttempts)} ${codes}`,
        );
      }
      expect(wrong).toEqual({});
    },
    60_000,
  );
  afterAll(() => {
    const head = `${'fault'.padEnd(48)} ${'worker'.padEnd(32)}  first   last failed errors`;
    process.stdout.write(['', 'ms from healing to the first and the last completion', head, ...lines, ''].join('\n'));
  });
}
