// What is between two marks of docs/faults.md, written anew when a report is asked for.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Prints it, and with AUROCHS_REPORT=1 puts it between `<!-- name -->` and `<!-- /name -->`. */
export function publish(name: string, text: string): void {
  process.stdout.write(`\n${text}\n`);
  if (process.env.AUROCHS_REPORT !== '1') return;
  const page = join(__dirname, '../../docs/faults.md');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const old = readFileSync(page, 'utf8');
  if (!old.includes(begin) || !old.includes(end)) throw new Error(`${page} has no ${begin} … ${end}`);
  const [before, after] = [old.slice(0, old.indexOf(begin) + begin.length), old.slice(old.indexOf(end))];
  writeFileSync(page, `${before}\n\n${text}\n\n${after}`);
}

export function table(head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
