// A pool of threads for a scenario's file.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';

/** @param most threads; no more than there are cores */
export function threadPool(scenario, most) {
  const threads = Math.min(most, availableParallelism());
  return new Piscina({ filename: fileURLToPath(scenario.file), minThreads: threads, maxThreads: threads });
}
