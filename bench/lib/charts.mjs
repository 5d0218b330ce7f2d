// Charts of a scenario's figures: one panel for each metric, a colour for each peer.
import { metrics } from './metrics.mjs';
import { draw } from './vega.mjs';

const size = { width: 400, height: 220 };

/** The figures as rows, as a plotting library wants them. */
const rowsOf = ({ results }, metric) =>
  results.map(({ label, x, title, summary }) => {
    const value = summary.figures[metric] * (metrics[metric].scale ?? 1);
    return { label, x, title, value: Number.isFinite(value) ? value : null };
  });

/** Each peer's colour, in the order in which they are measured. */
function colors({ results }) {
  const byTitle = new Map(results.map(({ title, color }) => [title, color]));
  return { domain: [...byTitle.keys()], range: [...byTitle.values()] };
}

function valueAxis(metric, log) {
  const format = metric === 'efficiency' ? { axis: { format: '.0%' } } : {};
  return {
    field: 'value',
    type: 'quantitative',
    title: null,
    ...format,
    scale: log ? { type: 'log' } : { zero: true },
  };
}

function bars(report, metric, { log, labels }) {
  const labelOrder = [...new Set(report.results.map(({ label }) => label))];
  const { domain } = colors(report);
  const encoding = {
    x: { field: 'label', type: 'nominal', sort: labelOrder, title: report.caseHeading },
    xOffset: { field: 'title', sort: domain },
    y: valueAxis(metric, log),
  };
  const text = {
    mark: { type: 'text', dy: -6, fontSize: 8.5 },
    encoding: { text: { field: 'value', format: '.2~s' } },
  };
  return { encoding, layer: [{ mark: { type: 'bar', cornerRadiusEnd: 2 } }, ...(labels ? [text] : [])] };
}

/** For scenarios with a number to each case: how a figure grows with it. Cases without one aren't drawn. */
function lines(report, metric, { log, lines: axis }) {
  return {
    transform: [{ filter: 'isValid(datum.x) && isValid(datum.value)' }],
    encoding: {
      x: {
        ...{ field: 'x', type: 'quantitative', title: axis.title },
        scale: axis.log ? { type: 'log', nice: false } : { zero: false, nice: false },
        axis: { format: '~s', values: [...new Set(report.results.map(({ x }) => x).filter(Number.isFinite))] },
      },
      y: valueAxis(metric, log),
    },
    layer: [{ mark: { type: 'line', point: { size: 50, filled: true }, strokeWidth: 2 } }],
  };
}

function panel(report, metric, options) {
  const { layer, ...rest } = (options.lines ? lines : bars)(report, metric, options);
  const better = metrics[metric].more ? 'more is better' : 'less is better';
  return {
    ...{
      ...size,
      title: { text: metrics[metric].title ?? metrics[metric].heading, subtitle: better },
      data: { values: rowsOf(report, metric) },
    },
    ...rest,
    layer: layer.map(({ mark, encoding }) => {
      const color = mark.type === 'text' ? {} : { color: { field: 'title', type: 'nominal', scale: colors(report) } };
      return { mark, encoding: { ...encoding, ...color } };
    }),
  };
}

/**
 * @param report of one scenario
 * @param options.metrics the panels; `log`, a logarithmic scale for them; `lines` instead of bars; `labels` on the bars
 * @returns SVG
 */
export function chart(report, options) {
  const chosen = options.metrics ?? ['jobsPerSecond', 'clientCpu'];
  const measured = chosen.filter(metric => report.results.some(({ summary }) => metric in summary.figures));
  return draw({ hconcat: measured.map(metric => panel(report, metric, options)), spacing: 40 });
}

/** The README's: BullMQ against Aurochs on no-op jobs, as figures on bars. */
export function readmeChart(noop) {
  const names = ['bullmq-inline', 'aurochs-inline', 'aurochs-native'];
  const results = noop.results
    .filter(({ name }) => names.includes(name))
    .sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  return chart({ ...noop, results }, { metrics: ['jobsPerSecond', 'clientCpu'], labels: true });
}
