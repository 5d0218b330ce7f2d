// Figures that a guide quotes are those of docs/benchmarks/report.md: a table under `<!-- figures cpu -->` has rows and
// columns of the report's table under `## cpu`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const kDocs = join(__dirname, '..', 'docs');
const read = (name: string) => readFileSync(join(kDocs, name), 'utf8');
const kReport = read('benchmarks/report.md');

type Row = Record<string, string>;

/** The first table in a text. */
function tableIn(text: string): Row[] {
  const lines = text.slice(text.indexOf('\n|') + 1).split('\n');
  const rows = lines.slice(
    0,
    lines.findIndex(line => !line.startsWith('|')),
  );
  const cells = rows.map(row =>
    row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  );
  const [names, , ...body] = cells;
  return body.map(row => Object.fromEntries(row.map((cell, i) => [names[i], cell])));
}

const quotes = readdirSync(kDocs)
  .filter(name => name.endsWith('.md'))
  .flatMap(page => {
    const parts = read(page).split(/^<!-- figures ([\w-]+) -->$/m);
    return parts.flatMap((text, i) => (i % 2 === 0 && i > 0 ? [[page, parts[i - 1], text] as const] : []));
  });

it('some figures are quoted', () => expect(quotes.length).toBeGreaterThan(3));

it.each(quotes)('%s quotes %s as it was measured', (_page, scenario, text) => {
  const measured = tableIn(kReport.slice(kReport.indexOf(`\n## ${scenario}\n`)));
  const quoted = tableIn(text);
  expect(quoted.length).toBeGreaterThan(0);
  for (const row of quoted) expect(measured).toContainEqual(expect.objectContaining(row));
});
