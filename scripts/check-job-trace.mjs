// docs/job-trace.md names its steps as `file: symbol`. This fails when such a file or symbol no longer exists.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, isMain, main, root } from './lib/run.mjs';

const page = 'docs/job-trace.md';

/** True when `name` (`onNextJob`, `Fetcher::onNextJob`, `run()`) stands in `text` as words of their own. */
function contains(text, name) {
  const parts = name.replace(/\(.*$/, '').split(/::|\.|#/);
  return parts.every(part => new RegExp(`(?<![\\w$])${part.replace(/[^\w]/g, '\\$&')}(?![\\w$])`).test(text));
}

/** @returns what was checked, in a few words */
export function checkJobTrace() {
  if (!existsSync(join(root, page))) {
    throw new Failure(`${page} is missing`);
  }
  const problems = [];
  let steps = 0;
  readFileSync(join(root, page), 'utf8')
    .split('\n')
    .forEach((line, index) => {
      for (const [, file, symbols] of line.matchAll(/`([\w./-]+\.[a-z]+): ([^`]+)`/g)) {
        steps += 1;
        const path = join(root, file);
        if (!existsSync(path)) {
          problems.push(`${page}:${index + 1}: ${file} does not exist`);
          continue;
        }
        const text = readFileSync(path, 'utf8');
        for (const symbol of symbols.split(/,\s*/).filter(name => !contains(text, name))) {
          problems.push(`${page}:${index + 1}: ${file} has no ${symbol}`);
        }
      }
    });
  if (steps === 0) {
    problems.push(`${page}: names no step as \`file: symbol\``);
  }
  if (problems.length > 0) {
    throw new Failure(`the job's trace is out of date\n  ${problems.join('\n  ')}`);
  }
  return `${steps} steps`;
}

if (isMain(import.meta.url)) {
  await main(() => console.log(`job trace: ${checkJobTrace()}`));
}
