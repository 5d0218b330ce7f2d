// Charts as SVG, drawn by Vega; legible on light and on dark pages: no background, colours of middle lightness.
import { View, parse } from 'vega';
import { compile } from 'vega-lite';

const ink = '#7d8590';
const grid = '#7d859040';

const config = {
  background: null,
  font: 'system-ui, sans-serif',
  padding: 8,
  view: { stroke: null },
  axis: {
    labelColor: ink,
    titleColor: ink,
    tickColor: ink,
    domainColor: ink,
    gridColor: grid,
    titleFontWeight: 'normal',
  },
  axisX: { grid: false, labelAngle: 0 },
  axisY: { domain: false, ticks: false, labelPadding: 6, format: '~s', tickCount: 5 },
  title: { color: ink, subtitleColor: ink, fontSize: 13, anchor: 'start', offset: 12 },
  legend: {
    labelColor: ink,
    title: null,
    orient: 'top',
    symbolType: 'square',
    labelLimit: 300,
    columns: 4,
    offset: 12,
  },
  text: { color: ink },
};

/** Two decimals where Vega writes fifteen, and no roles of each line: the picture's text says what it shows. */
const tidy = svg => svg.replace(/(\.\d\d)\d+/g, '$1').replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, '');

/** @param spec Vega-Lite's. @returns SVG */
export async function draw(spec) {
  const view = new View(parse(compile({ ...spec, config }).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return `${tidy(svg)}\n`;
}
