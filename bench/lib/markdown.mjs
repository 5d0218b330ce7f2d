// The report for people: what Aurochs is against the baseline at a glance, then each scenario with its table and chart.
import { machineLines } from './machine.mjs';
import { metrics, times } from './metrics.mjs';
import { legend, rounds, table } from './table.mjs';

/** From the worst to the best of the cases' ratios. */
function range(ratios) {
  const known = ratios.filter(Number.isFinite);
  if (known.length === 0) return '–';
  const [low, high] = [times(Math.min(...known)), times(Math.max(...known))];
  return low === high ? low : `${low.replace(' ×', '')} – ${high}`;
}

/** A row for each worker of Aurochs in a scenario. */
function glance(scenario) {
  const compared = scenario.results.filter(({ name, summary }) => name.startsWith('aurochs') && summary.ratios);
  return [...new Set(compared.map(({ title }) => title))].map(title => {
    const ours = compared.filter(result => result.title === title);
    const cell = metric => range(ours.map(({ summary }) => summary.ratios[metric]));
    const others = scenario.ratios.filter(name => !['jobsPerSecond', 'clientCpu', 'redisCpu'].includes(name));
    const rest = others.map(name => `${metrics[name].ratio} ${cell(name)}`).join(', ');
    const cells = [`[${scenario.name}](#${scenario.name})`, title, scenario.baseline];
    return [...cells, cell('jobsPerSecond'), cell('clientCpu'), cell('redisCpu'), rest];
  });
}

const line = cells => `| ${cells.join(' | ')} |`;

function overview(scenarios) {
  const headings = ['scenario', 'worker', 'against', 'speed', 'client CPU', 'Redis CPU', 'others'];
  return [
    line(headings),
    '|---|---|---|---:|---:|---:|---|',
    ...scenarios.flatMap(glance).map(line),
    '',
    'How many times as fast, how many times less of the rest, from the worst to the best of the scenario’s settings.',
  ];
}

function section(scenario) {
  return [
    `## ${scenario.name}`,
    '',
    `${scenario.title}; ${rounds(scenario)}.`,
    ...(scenario.leftOut.length > 0 ? ['', ...scenario.leftOut.map(reason => `- ${reason}`)] : []),
    '',
    table(scenario),
    '',
    ...legend(scenario),
    '',
    `![${scenario.title}](charts/${scenario.name}.svg)`,
  ];
}

export function markdown({ machine, scenarios }) {
  const lines = [
    '# Benchmarks: results',
    '',
    'Written by `npm run bench:report`; [README.md](README.md) says what is measured, and how to read it. Every single',
    'measurement is in [results.json](results.json).',
    '',
    ...machineLines(machine).flatMap(text => [`- ${text}`]),
    '',
    ...overview(scenarios),
    ...scenarios.flatMap(scenario => ['', ...section(scenario)]),
  ];
  return `${lines.join('\n')}\n`;
}
