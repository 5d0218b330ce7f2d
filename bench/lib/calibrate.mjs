// How fast this machine does the work of `processors/burn`, whatever else runs on it: the best of many short tries.
import { createRequire } from 'node:module';

const { burn } = createRequire(import.meta.url)('../processors/burn.cjs');

const rounds = 500_000;
const tries = 200;

/** @returns the rounds that take 1 ms */
export function calibrate() {
  let best = Infinity;
  for (let i = 0; i < tries; i++) {
    const start = performance.now();
    burn(rounds);
    best = Math.min(best, performance.now() - start);
  }
  return rounds / best;
}
