// Medians over runs, and over the runs' ratios.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Half of the distance between the quartiles, as a share of the median: how far half of the runs are off at most. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share => sorted[Math.round(share * (sorted.length - 1))];
  return (at(0.75) - at(0.25)) / 2 / median(values);
}

/**
 * Paired: the i-th run of one against the i-th run of the other, which ran just before or after it, so that a machine
 * that is slow for a while is slow for both.
 */
export function medianRatio(values, others) {
  return median(values.map((value, i) => value / others[i]));
}

const metrics = ['jobsPerSecond', 'clientCpu', 'redisCpu', 'memory'];

/**
 * @param runs of one subject, as measured
 * @param baseline the runs of the subject to compare with, in the same order; may be missing
 */
export function summarize(runs, baseline) {
  const column = (metric, from = runs) => from.map(run => run[metric]);
  const summary = Object.fromEntries(metrics.map(metric => [metric, median(column(metric))]));
  summary.spread = spread(column('jobsPerSecond'));
  if (baseline && baseline !== runs) {
    summary.ratios = {
      speed: medianRatio(column('jobsPerSecond'), column('jobsPerSecond', baseline)),
      clientCpu: medianRatio(column('clientCpu', baseline), column('clientCpu')),
      redisCpu: medianRatio(column('redisCpu', baseline), column('redisCpu')),
    };
  }
  return summary;
}
