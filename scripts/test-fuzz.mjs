// `npm run test:fuzz -- [--seconds N] [--target name]`: builds the fuzzers of test/fuzz with clang (libFuzzer, ASan,
// UBSan) and runs them all at once for so long, each from its corpus and from what it found the last time.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWithCmake } from './lib/native-tests.mjs';
import { Failure, main, root, step, which } from './lib/run.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';

const out = 'build-fuzz';
const targets = readdirSync(join(root, 'test/fuzz/corpus')).sort();
const fuzzer = name => join(out, `fuzz_${name}`);
const number = value => value.toLocaleString('en');

function options() {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '600' }, target: { type: 'string', multiple: true } },
  });
  if (!/^[1-9]\d*$/.test(values.seconds)) {
    throw new Failure(`--seconds takes a number, not ${values.seconds}`);
  }
  const unknown = values.target?.find(name => !targets.includes(name));
  if (unknown !== undefined) {
    throw new Failure(`there is no target ${unknown}; there are ${targets.join(', ')}`);
  }
  return { seconds: Number(values.seconds), chosen: values.target ?? targets };
}

function build(chosen) {
  buildWithCmake({
    out,
    settings: ['-DAUROCHS_FUZZ=ON', `-DCMAKE_C_COMPILER=${which('clang')}`, `-DCMAKE_CXX_COMPILER=${which('clang++')}`],
    targets: chosen.map(name => `fuzz_${name}`),
  });
}

/** Runs one target to the end of its time, or to its first failure. @returns what it did, and the file that it crashed on, if it did */
async function fuzz(name, seconds) {
  const found = join(out, 'found', name);
  const crashes = join(out, 'crashes', name);
  for (const folder of [found, crashes]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const args = [
    `-max_total_time=${seconds}`,
    '-timeout=20',
    '-rss_limit_mb=2048',
    '-print_final_stats=1',
    `-dict=test/fuzz/${name === 'options' ? 'json' : 'resp'}.dict`,
    `-artifact_prefix=${crashes}/`,
    found,
    join('test/fuzz/corpus', name),
  ];
  const child = spawn(join(root, fuzzer(name)), args, {
    cwd: root,
    env: { ...process.env, UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let report = '';
  child.stderr.setEncoding('utf8').on('data', text => (report += text));
  const how = await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve(signal ?? code));
  });
  const executions = Number(/^stat::number_of_executed_units:\s*(\d+)/m.exec(report)?.[1] ?? 0);
  const file = /Test unit written to (\S+)/.exec(report)?.[1];
  const coverage = [...report.matchAll(/\bcov: (\d+)/g)].at(-1)?.[1] ?? '?';
  return { name, how, executions, coverage, file, report };
}

/** What libFuzzer and the sanitizers said of a failure, without the progress before it. */
function tail(report) {
  const lines = report.split('\n');
  const from = lines.findIndex(line => /does not hold:|runtime error:|Assertion|==\d+== ?ERROR/.test(line));
  return (from < 0 ? lines.slice(-20) : lines.slice(from, from + 150)).join('\n');
}

await main(async () => {
  const { seconds, chosen } = options();
  ensureSystemPackages('fuzz', what => console.log(`setup: ${what}`));
  await step('fuzzers built', () => build(chosen));
  console.log(`${chosen.join(', ')}: ${seconds} s`);
  const results = await Promise.all(chosen.map(name => fuzz(name, seconds)));

  for (const { name, executions, coverage } of results) {
    const rate = number(Math.round(executions / seconds));
    console.log(`${name}: ${number(executions)} executions, ${rate}/s, ${coverage} edges`);
  }
  const failed = results.filter(({ how }) => how !== 0);
  for (const { name, how, file, report } of failed) {
    console.error(`\n${name} ended with ${how}:\n${tail(report)}`);
    if (file !== undefined && existsSync(join(root, file))) {
      console.error(`the input: ${file}\nagain: ${fuzzer(name)} ${file}`);
    }
  }
  if (failed.length > 0) {
    throw new Failure(`${failed.map(({ name }) => name).join(', ')}: see above`);
  }
  const executions = results.reduce((sum, result) => sum + result.executions, 0);
  console.log(`\nno crash, no leak, nothing undefined in ${number(executions)} executions (${seconds} s)`);
});
