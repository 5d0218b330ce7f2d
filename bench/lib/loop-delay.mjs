// How late the event loop comes to its timers.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** In ms: shorter than any delay that matters. The looks cost up to 1 % of a core, so they are taken where they are shown. */
const resolution = 1;

export function startLoopDelay() {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  return {
    /** In ms: what the timer took beyond the time that it was set to. */
    p99: () => Math.max(0, histogram.percentile(99) / 1e6 - resolution) || 0,
  };
}
