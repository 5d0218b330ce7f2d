// Medians over runs, and over the runs' ratios.

function ascending(values) {
  return [...values].sort((a, b) => a - b);
}

export function median(values) {
  const sorted = ascending(values);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param share from 0 to 1 */
export function percentile(values, share) {
  return ascending(values)[Math.round(share * (values.length - 1))];
}

/** Half of the distance between the quartiles, as a share of the median: how far half of the runs are off at most. */
export function spread(values) {
  return (percentile(values, 0.75) - percentile(values, 0.25)) / 2 / median(values);
}

/**
 * Paired: the i-th run of one against the i-th run of the other, which ran just before or after it, so that a machine
 * that is slow for a while is slow for both.
 */
export function medianRatio(values, others) {
  return median(values.map((value, i) => value / others[i]));
}
