// `npm run bench`: measures Aurochs against its peers in one run, in rounds (A B C, A B C, …) on the same machine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../scripts/lib/run.mjs';
import { compileProcessor, makeSnapshot } from './lib/fixture.mjs';
import { describeMachine, machineLines } from './lib/machine.mjs';
import { measure } from './lib/measure.mjs';
import { readOptions, usage } from './lib/options.mjs';
import { load } from './lib/plug-ins.mjs';
import { legend, table } from './lib/report.mjs';
import { summarize } from './lib/stats.mjs';

/** Jobs that each process works before the measured ones, so that nothing is compiled or connected during those. */
const warmUp = 5000;

function say(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function bench(options, folder) {
  const scenario = await load('scenarios', options.scenario);
  const peers = await Promise.all(options.subjects.map(name => load('peers', name)));
  const machine = describeMachine();
  const samples = [];
  const results = [];
  console.log(`${[...machineLines(machine), `${scenario.title}; medians of ${options.runs} rounds`].join('\n')}\n`);

  const library = peers.some(({ needs }) => needs === 'native') ? await compileProcessor(folder, scenario) : undefined;
  for (const concurrency of options.concurrency) {
    const jobs = concurrency === 1 ? Math.ceil(options.jobs / 4) : options.jobs;
    const snapshot = await makeSnapshot(folder, scenario, { jobs, warmUp });
    const runs = new Map(peers.map(({ name }) => [name, []]));
    for (let round = 1; round <= options.runs; round++) {
      for (const { name: peerName, title } of peers) {
        say(`concurrency ${concurrency}, round ${round} of ${options.runs}: ${title} …`);
        const setting = { peerName, scenarioName: scenario.name, concurrency, jobs };
        const figures = await measure({ ...setting, warmUp, folder, snapshot, library });
        runs.get(peerName).push(figures);
        samples.push({ ...setting, round, ...figures });
      }
    }
    say('');
    for (const { name, title } of peers) {
      results.push({ concurrency, name, title, summary: summarize(runs.get(name), runs.get(options.baseline)) });
    }
  }
  const baseline = peers.find(({ name }) => name === options.baseline)?.title ?? 'nobody';
  return { machine, options, baseline, results, samples };
}

await main(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'aurochs-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
  const start = performance.now();
  const report = await bench(options, folder);
  console.log(
    `${table(report.results)}\n\n${legend(report.baseline)}\n${((performance.now() - start) / 1000).toFixed(0)} s`,
  );
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
});
