import { addon } from './binding';

export interface PoolStats {
  /** How many threads the pool may have. */
  threads: number;
  /** How many of them exist; they are started when first needed. */
  started: number;
  /** How many run a job now. */
  busy: number;
  /** Jobs that wait for a thread. */
  queued: number;
  /** Jobs run since the process started. */
  completed: number;
}

/** The native thread pool: one in each process, shared fairly by all workers. */
export const pool = {
  /**
   * Changes the number of threads; by default as many as the cores that this process may use (affinity and cgroup
   * quota). May be called at any time; surplus threads end once their job does.
   */
  configure(options: { threads: number }): void {
    const threads = (options as { threads?: unknown } | undefined)?.threads;
    if (typeof threads !== 'number' || !Number.isInteger(threads) || threads < 1 || threads > 1024) {
      throw new TypeError(`pool.configure: threads must be an integer from 1 to 1024, not ${String(threads)}`);
    }
    addon().configurePool(threads);
  },

  stats(): PoolStats {
    return addon().poolStats();
  },
};
