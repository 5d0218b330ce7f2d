// A scenario's figures as a table for people, which is valid Markdown too.
import { metrics, show, times } from './metrics.mjs';

const leftAligned = 2;

function row({ label, title, summary }, { columns, ratios }) {
  const [first] = columns;
  const spread = summary.spreads[first];
  const figures = columns.map(name => show(name, summary.figures[name]));
  figures.splice(1, 0, Number.isFinite(spread) ? `${(spread * 100).toFixed(0)} %` : '–');
  return [label, title, ...figures, ...ratios.map(name => (summary.ratios ? times(summary.ratios[name]) : '1'))];
}

/** @param report of one scenario, from `rounds.mjs` */
export function table({ caseHeading, columns, ratios, results }) {
  const [first, ...others] = columns.map(name => metrics[name].heading);
  const headings = [caseHeading, 'worker', first, '±', ...others, ...ratios.map(name => metrics[name].ratio)];
  const rows = [headings, ...results.map(result => row(result, { columns, ratios }))];
  const widths = headings.map((_, column) => Math.max(...rows.map(cells => cells[column].length)));
  const pad = (text, column) => (column < leftAligned ? text.padEnd(widths[column]) : text.padStart(widths[column]));
  const line = cells => `| ${cells.join(' | ')} |`;
  const rule = widths.map((width, column) => (column < leftAligned ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [head, ...body] = rows.map(cells => line(cells.map(pad)));
  return [head, line(rule), ...body].join('\n');
}

/** How often it was measured. */
export const rounds = ({ runs }) => (runs === 1 ? 'one round' : `medians of ${runs} rounds`);

const meanings = {
  efficiency: 'Of the ideal: the jobs/s, as a share of what the work alone would allow.',
  clientCpu: 'Client: CPU time of the worker’s process and its children.',
  mainCpu: 'Main thread: the share of it that ran on the thread of the event loop.',
  memory: 'MB: private memory of the worker’s process and its children at the end.',
  loopDelay: 'Loop delay: how late the event loop came to its timers.',
  httpP99: 'HTTP: the time until an answer of a server in the worker’s process.',
  pickupP50: 'Pickup: from before a job is added until its processor starts.',
};

/** What stands in the table's columns. */
export function legend({ columns, ratios, baseline }) {
  const lines = ['±: half of the distance between the quartiles of the runs, for the figure before it.'];
  lines.push(...columns.filter(name => meanings[name]).map(name => meanings[name]));
  if (ratios.length > 0) {
    const last = ratios.length === 1 ? 'last column compares' : `last ${ratios.length} columns compare`;
    lines.push(
      `The ${last} with ${baseline} in the same round, as medians of the rounds: how many times as fast, how many times`,
      'less of the rest.',
    );
  }
  return lines;
}
