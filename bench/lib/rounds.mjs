// A whole scenario: at each of its settings every peer in turn, A B C, A B C, …
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { choosePeers } from './choice.mjs';
import { compileProcessor, makeSnapshot } from './fixture.mjs';
import { measure } from './measure.mjs';
import { settingFor, settingsOf } from './settings.mjs';
import { summarize } from './summary.mjs';

const defaults = {
  caseHeading: 'concurrency',
  columns: ['jobsPerSecond', 'clientCpu', 'redisCpu', 'memory'],
  ratios: ['jobsPerSecond', 'clientCpu', 'redisCpu'],
};

/** To four figures: nothing here is known any better. */
const rounded = figures =>
  Object.fromEntries(
    Object.entries(figures)
      .filter(([, value]) => Number.isFinite(value))
      .map(([name, value]) => [name, Number(value.toPrecision(4))]),
  );

async function snapshotsFor(folder, scenario, peers, setting) {
  const snapshots = new Map();
  for (const store of new Set(peers.map(peer => peer.store ?? 'bullmq'))) {
    snapshots.set(store, await makeSnapshot(folder, scenario, store, setting));
  }
  return snapshots;
}

/** Measures every peer at one setting in turn. @returns the figures by peer, as many as there are rounds */
async function rounds(scenario, peers, setting, { runs: count, folder, library, say }) {
  say(`${scenario.name}, ${setting.label}: filling queues`);
  const snapshots = await snapshotsFor(folder, scenario, peers, setting);
  const runs = new Map(peers.map(peer => [peer, []]));
  for (let round = 1; round <= count; round++) {
    for (const peer of peers) {
      say(`${scenario.name}, ${setting.label}, round ${round} of ${count}: ${peer.title}`);
      const files = { folder, library, snapshot: snapshots.get(peer.store ?? 'bullmq') };
      runs.get(peer).push(await measure({ peer, scenario, setting: settingFor(peer, scenario, setting), files }));
    }
  }
  for (const snapshot of snapshots.values()) rmSync(join(folder, snapshot));
  return runs;
}

function result({ label, x }, { name, title, color }, runs, baselineRuns) {
  const { figures, spreads, ratios } = summarize(runs, baselineRuns);
  const summary = { figures: rounded(figures), spreads: rounded(spreads), ...(ratios && { ratios: rounded(ratios) }) };
  return { label, x, name, title, color, summary };
}

/**
 * @param say is told what is going on
 * @returns the report of the scenario, which is all that tables, charts and JSON are made of
 */
export async function runScenario(given, options, folder, say) {
  const scenario = { ...defaults, ...given };
  const { peers, leftOut, baseline } = await choosePeers(scenario, options);
  const { settings, leftOut: casesLeftOut } = settingsOf(scenario, options, await scenario.prepare?.());
  const library = peers.some(({ needs }) => needs === 'native') ? await compileProcessor(folder, scenario) : undefined;
  const results = [];
  const samples = [];
  for (const setting of settings) {
    const runs = await rounds(scenario, peers, setting, { runs: options.runs, folder, library, say });
    for (const peer of peers) {
      const { jobs } = settingFor(peer, scenario, setting);
      const one = (figures, i) => ({ label: setting.label, peer: peer.name, round: i + 1, jobs, ...rounded(figures) });
      samples.push(...runs.get(peer).map(one));
      results.push(result(setting, peer, runs.get(peer), runs.get(baseline)));
    }
  }
  say('');
  const { name, title, order, chart, caseHeading, columns, ratios } = scenario;
  return {
    ...{ name, title, order, runs: options.runs, baseline: baseline?.title ?? 'nobody' },
    leftOut: [...leftOut, ...casesLeftOut],
    ...{ caseHeading, columns, chart },
    ratios: baseline && peers.length > 1 ? ratios : [],
    ...{ results, samples },
  };
}
