// A run's figures as files: JSON, charts, and a report that holds both.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { chart, readmeChart } from './charts.mjs';
import { markdown } from './markdown.mjs';

/** As the project's other files are formatted, so that two of them can be compared. */
export const json = report => format(JSON.stringify(report), { parser: 'json', printWidth: 120 });

/** Writes a chart of each scenario, and the README's. */
export async function writeCharts(folder, { scenarios }) {
  mkdirSync(folder, { recursive: true });
  for (const scenario of scenarios) {
    writeFileSync(join(folder, `${scenario.name}.svg`), await chart(scenario, scenario.chart ?? {}));
    if (scenario.name === 'noop') writeFileSync(join(folder, 'readme.svg'), await readmeChart(scenario));
  }
}

/** The earlier report with what has been measured anew in its place. */
function merged(earlier, { machine, scenarios }) {
  const isNew = name => scenarios.some(scenario => scenario.name === name);
  const all = [...earlier.scenarios.filter(({ name }) => !isNew(name)), ...scenarios];
  return { machine, scenarios: all.sort((a, b) => a.order - b.order) };
}

/** Writes the whole report into a folder. What it holds of scenarios that aren't in this run stays. */
export async function writeReport(folder, report) {
  const file = join(folder, 'results.json');
  const earlier = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { scenarios: [] };
  const whole = merged(earlier, report);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, await json(whole));
  writeFileSync(join(folder, 'report.md'), markdown(whole));
  await writeCharts(join(folder, 'charts'), whole);
}
