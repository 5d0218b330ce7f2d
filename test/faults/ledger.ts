// What a queue's stream of events tells of its jobs: who has completed, how often, and when.
import type { Cluster, Redis } from 'ioredis';

export interface Ledger {
  /** How often each job has completed. */
  completions: Map<string, number>;
  /** Redis's time of each completion, in ms, in order. */
  completedAt: number[];
  /** How many events there are of each kind. */
  counts: Record<string, number>;
}

/** @param key of the stream, which must still be whole: a queue keeps 10,000 events unless told otherwise */
export async function readLedger(redis: Redis | Cluster, key: string): Promise<Ledger> {
  const ledger: Ledger = { completions: new Map(), completedAt: [], counts: {} };
  for (let from = '-'; ;) {
    const page = await redis.xrange(key, from, '+', 'COUNT', 10_000);
    if (page.length === 0) return ledger;
    for (const [entry, fields] of page) {
      const event = fields[fields.indexOf('event') + 1];
      ledger.counts[event] = (ledger.counts[event] ?? 0) + 1;
      if (event !== 'completed') continue;
      const id = fields[fields.indexOf('jobId') + 1];
      ledger.completions.set(id, (ledger.completions.get(id) ?? 0) + 1);
      ledger.completedAt.push(Number(entry.split('-')[0]));
    }
    from = `(${page.at(-1)![0]}`;
  }
}

/** The jobs that have completed more than once. */
export function twice({ completions }: Ledger): string[] {
  return [...completions].filter(([, times]) => times !== 1).map(([id, times]) => `${id}: ${times} times`);
}
