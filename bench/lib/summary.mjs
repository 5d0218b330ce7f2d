// Many measurements of one peer at one setting in a few numbers.
import { metrics } from './metrics.mjs';
import { median, medianRatio, spread } from './stats.mjs';

/**
 * @param runs of one subject, as measured
 * @param baseline the runs of the subject to compare with, in the same order; may be missing
 * @returns by metric `figures`, the medians, `spreads`, and `ratios`: how many times as good as the baseline
 */
export function summarize(runs, baseline) {
  const column = (name, from = runs) => from.map(run => run[name]);
  const measured = Object.keys(metrics).filter(name => column(name).every(Number.isFinite));
  const each = compute => Object.fromEntries(measured.map(name => [name, compute(name)]));
  const summary = {
    figures: each(name => median(column(name))),
    spreads: each(name => spread(column(name))),
  };
  if (baseline && baseline !== runs) {
    summary.ratios = each(name => {
      const [ours, theirs] = [column(name), column(name, baseline)];
      return metrics[name].more ? medianRatio(ours, theirs) : medianRatio(theirs, ours);
    });
  }
  return summary;
}
