// A scenario's cases as the settings of measurements.
import { availableCores } from './cores.mjs';

const defaults = { concurrency: 10, queues: 1, workers: 1, processes: 1 };
/** Fewer jobs are no measurement, whatever was asked for. */
const fewest = 10;

const portion = (jobs, share = 1) => Math.max(Math.min(jobs, fewest), Math.ceil(jobs * share));

/** The cases with the concurrency given, made like the nearest one that the scenario has. */
function casesAt(scenario, concurrencies) {
  return concurrencies.map(concurrency => {
    const distance = ({ concurrency: other }) => Math.abs(Math.log(other / concurrency));
    const nearest = scenario.cases.reduce((best, next) => (distance(next) < distance(best) ? next : best));
    return { ...nearest, concurrency, label: String(concurrency) };
  });
}

/**
 * @param prepared what the scenario's prepare() returned
 * @returns `settings` of the cases, and `leftOut`, lines about those that can't be run here
 */
export function settingsOf(scenario, options, prepared = {}) {
  const byConcurrency = scenario.caseHeading === 'concurrency';
  const cases = options.concurrency && byConcurrency ? casesAt(scenario, options.concurrency) : scenario.cases;
  const possible = cases.filter(({ cores = 0 }) => cores <= availableCores().length);
  const all = (options.jobs ?? scenario.jobs) * options.scale;
  const settings = possible.map(one => {
    const jobs = portion(all, one.share);
    const warmUp = Math.min(one.warmUp ?? scenario.warmUp ?? 3000, jobs);
    return { ...defaults, ...one, ...prepared, jobs, warmUp };
  });
  const leftOut = cases
    .filter(one => !possible.includes(one))
    .map(({ label, cores }) => `${label} left out: this process may use fewer than ${cores} cores`);
  return { settings, leftOut };
}

/** The setting for one peer: one that is slow of itself works fewer jobs, where the work itself is next to nothing. */
export function settingFor(peer, scenario, setting) {
  if (!scenario.light || !peer.share) return setting;
  return { ...setting, jobs: portion(setting.jobs, peer.share) };
}
