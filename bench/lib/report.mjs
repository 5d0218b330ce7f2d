// The figures as a table for people, which is valid Markdown too.

const headings = [
  'concurrency',
  'worker',
  'jobs/s',
  '±',
  'client µs/job',
  'Redis µs/job',
  'MB',
  'speed',
  'client CPU',
  'Redis CPU',
];
const leftAligned = 2;

const whole = value => Math.round(value).toLocaleString('en-US');
const micros = value => (value < 100 ? value.toFixed(1) : whole(value));
const times = value => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ×`;

function row({ concurrency, title, summary }) {
  const { jobsPerSecond, spread, clientCpu, redisCpu, memory, ratios } = summary;
  const compared = ratios ? [ratios.speed, ratios.clientCpu, ratios.redisCpu].map(times) : ['1', '1', '1'];
  const measured = [
    whole(jobsPerSecond),
    `${(spread * 100).toFixed(0)} %`,
    micros(clientCpu),
    micros(redisCpu),
    whole(memory / 1e6),
  ];
  return [String(concurrency), title, ...measured, ...compared];
}

/** @param results `{ concurrency, title, summary }` of each subject at each concurrency */
export function table(results) {
  const rows = [headings, ...results.map(row)];
  const widths = headings.map((_, column) => Math.max(...rows.map(cells => cells[column].length)));
  const pad = (text, column) => (column < leftAligned ? text.padEnd(widths[column]) : text.padStart(widths[column]));
  const line = cells => `| ${cells.join(' | ')} |`;
  const rule = widths.map((width, column) => (column < leftAligned ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [head, ...body] = rows.map(cells => line(cells.map(pad)));
  return [head, line(rule), ...body].join('\n');
}

/** @param baseline the title of whom the others are compared with */
export const legend = baseline =>
  [
    '±: half of the distance between the quartiles of the runs. MB: private memory of the worker’s process and its children.',
    `The last three columns compare with ${baseline} in the same round, as medians of the rounds: how many times as fast,`,
    'how many times less CPU of the worker’s process and of Redis.',
  ].join('\n');
