// `npm run bench`: measures Aurochs against its peers in one run, in rounds (A B C, A B C, …) on the same machine.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, main } from '../scripts/lib/run.mjs';
import { describeMachine, machineLines } from './lib/machine.mjs';
import { readOptions, usage } from './lib/options.mjs';
import { load } from './lib/plug-ins.mjs';
import { json, writeCharts, writeReport } from './lib/report.mjs';
import { runScenario } from './lib/rounds.mjs';
import { legend, rounds, table } from './lib/table.mjs';

function say(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}${text && ' …'}`);
}

function print(scenario, seconds) {
  const lines = [`${scenario.title}; ${rounds(scenario)}, ${seconds.toFixed(0)} s`, ...scenario.leftOut];
  console.log(`${[...lines, '', table(scenario), '', ...legend(scenario)].join('\n')}\n`);
}

async function writeFiles(report, { json: file, charts, report: folder }) {
  if (file) writeFileSync(file, await json(report));
  if (charts) await writeCharts(charts, report);
  if (folder) await writeReport(folder, report);
}

/** A folder for this run alone, gone when the process ends. */
function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'aurochs-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
  return folder;
}

async function bench(options) {
  const scenarios = await Promise.all(options.scenarios.map(name => load('scenarios', name)));
  scenarios.sort((a, b) => a.order - b.order);
  const folder = temporaryFolder();
  const machine = describeMachine();
  const report = { machine, scenarios: [] };
  console.log(`${machineLines(machine).join('\n')}\n`);
  for (const scenario of scenarios) {
    const start = performance.now();
    try {
      const measured = await runScenario(scenario, options, folder, say);
      print(measured, (performance.now() - start) / 1000);
      report.scenarios.push(measured);
    } catch (error) {
      if (scenarios.length === 1) throw error;
      // The others are worth having all the same.
      console.error(`${scenario.name} failed:`, error instanceof Failure ? error.message : error);
      process.exitCode = 1;
    }
    // Again after each: a run that is ended early leaves what it has.
    await writeFiles(report, options);
  }
}

await main(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
  } else if (options.from) {
    await writeFiles(JSON.parse(readFileSync(options.from, 'utf8')), options);
  } else {
    await bench(options);
  }
});
