/**
 * Progress and log rows of one thread, on their way to the I/O thread in the order in which they were made.
 */
import type { JobHandle, NativeSeat } from '../binding';

/** How soon rows that were refused are tried again, ms. */
const RETRY_MS = 2;

interface Row {
  kind: 'progress' | 'log';
  job: JobHandle;
  text: string;
  taken: () => void;
}

export class Outbox {
  /** Refused, since too many rows are on their way to Redis. */
  private readonly refused: Row[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly seat: Pick<NativeSeat, Row['kind']>) {}

  /** @returns true when the row was taken; else `taken` is called once it has been. */
  send(kind: Row['kind'], job: JobHandle, text: string, taken: () => void): boolean {
    if (this.refused.length === 0 && this.seat[kind](job, text)) return true;
    this.refused.push({ kind, job, text, taken });
    this.timer ??= setTimeout(() => this.retry(), RETRY_MS);
    return false;
  }

  private retry(): void {
    const stop = this.refused.findIndex(row => !this.seat[row.kind](row.job, row.text));
    const taken = this.refused.splice(0, stop === -1 ? this.refused.length : stop);
    this.timer = this.refused.length > 0 ? setTimeout(() => this.retry(), RETRY_MS) : undefined;
    for (const row of taken) row.taken();
  }
}
