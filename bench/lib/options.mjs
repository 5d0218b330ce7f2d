// The bench's command line.
import { parseArgs } from 'node:util';
import { Failure } from '../../scripts/lib/run.mjs';
import { names } from './plug-ins.mjs';

export const usage = `node bench/run.mjs [options]

  --scenario LIST     with what work, separated by commas (noop); all of them: all
                      there are: ${names('scenarios').join(', ')}
  --runs N            rounds at each setting; each round measures every subject once (5)
  --jobs N            jobs of one measurement, in place of the scenario's own number; settings with slow jobs do a share
  --scale X           so many times the jobs (1)
  --concurrency LIST  of the worker, in scenarios that go by concurrency
  --subjects LIST     who is measured, in place of the scenario's own choice
                      there are: ${names('peers').join(', ')}
  --baseline NAME     whom the others are compared with
  --json FILE         also write the figures, every single measurement among them, to FILE
  --charts DIR        also draw charts (SVG) into DIR
  --report DIR        also write or bring up to date DIR/report.md, DIR/results.json and DIR/charts; scenarios that are
                      not measured now stay as they are
  --from FILE         measure nothing; take the figures of an earlier --json FILE
  --help`;

const definitions = {
  scenario: { type: 'string', default: 'noop' },
  runs: { type: 'string', default: '5' },
  jobs: { type: 'string' },
  scale: { type: 'string', default: '1' },
  concurrency: { type: 'string' },
  subjects: { type: 'string' },
  baseline: { type: 'string' },
  json: { type: 'string' },
  charts: { type: 'string' },
  report: { type: 'string' },
  from: { type: 'string' },
  help: { type: 'boolean', default: false },
};

function positive(name, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Failure(`--${name} takes positive integers, not '${text}'`);
  return value;
}

function factor(name, text) {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new Failure(`--${name} takes a positive number, not '${text}'`);
  return value;
}

function parse(args) {
  try {
    return parseArgs({ args, options: definitions }).values;
  } catch (error) {
    throw new Failure(`${error.message}\n\n${usage}`);
  }
}

export function readOptions(args) {
  const values = parse(args);
  const list = name => values[name]?.split(',').map(entry => entry.trim());
  return {
    ...values,
    scenarios: values.scenario === 'all' ? names('scenarios') : list('scenario'),
    runs: positive('runs', values.runs),
    jobs: values.jobs && positive('jobs', values.jobs),
    scale: factor('scale', values.scale),
    concurrency: list('concurrency')?.map(text => positive('concurrency', text)),
    subjects: list('subjects'),
  };
}
