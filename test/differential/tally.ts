// What the batches of many histories came to: a comparison is worth what it has seen.
import type { Outcome } from './batch';

export class Tally {
  histories = 0;
  batches = 0;
  errors = 0;
  private readonly codes = new Map<number, number>();
  private fetched = 0;
  private limited = 0;

  count({ codes, fetched, limit }: Outcome): void {
    this.batches++;
    this.fetched += fetched.length;
    if (limit > 0) this.limited++;
    for (const code of codes) this.codes.set(code, this.of(code) + 1);
  }

  /** How many jobs had this code. */
  of(code: number): number {
    return this.codes.get(code) ?? 0;
  }

  toString(): string {
    const refused = [...this.codes].filter(([code]) => code < 0).map(([code, jobs]) => `${jobs} with ${code}`);
    return [
      `${this.batches} batches`,
      `${this.of(0)} jobs completed`,
      `${this.of(1)} left to BullMQ's script`,
      ...refused,
      `${this.fetched} fetched`,
      `${this.limited} times rate limited`,
      ...(this.errors > 0 ? [`${this.errors} that both sides' scripts refused`] : []),
    ].join(', ');
  }
}
