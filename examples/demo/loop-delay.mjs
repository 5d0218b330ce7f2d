// How late the event loop is: what a timer that is due every 10 ms would have to wait.
// Unlike monitorEventLoopDelay, a block of 5 s counts for all of the 500 ticks that it held up, not for one of them:
// the p99 is what 99 of 100 things that come at any moment have to wait at most.
import { createHistogram } from 'node:perf_hooks';

const interval = 10;

/** @returns a function that ends the measurement and returns `{ p99, max }` in ms */
export function measureLoopDelay() {
  const histogram = createHistogram();
  let due = performance.now() + interval;
  const record = () => {
    for (const now = performance.now(); due <= now; due += interval) {
      histogram.record(Math.max(1, Math.round((now - due) * 1000)));
    }
  };
  const tick = () => {
    record();
    timer = setTimeout(tick, due - performance.now());
  };
  let timer = setTimeout(tick, interval);
  return () => {
    clearTimeout(timer);
    record();
    return { p99: histogram.percentile(99) / 1000, max: histogram.max / 1000 };
  };
}
