// The bench's command line.
import { parseArgs } from 'node:util';
import { Failure } from '../../scripts/lib/run.mjs';
import { names } from './plug-ins.mjs';

export const usage = `node bench/run.mjs [options]

  --runs N            rounds for each concurrency; each round measures every subject once (5)
  --jobs N            jobs of one measurement; a quarter of them at concurrency 1 (20000)
  --concurrency LIST  of the worker, separated by commas (1,10,50,200)
  --subjects LIST     who is measured (bullmq-inline,aurochs-native,aurochs-inline)
                      there are: ${names('peers').join(', ')}
  --baseline NAME     whom the others are compared with (bullmq-inline)
  --scenario NAME     with what work (noop); there are: ${names('scenarios').join(', ')}
  --json FILE         also write every single measurement to FILE
  --help`;

const definitions = {
  runs: { type: 'string', default: '5' },
  jobs: { type: 'string', default: '20000' },
  concurrency: { type: 'string', default: '1,10,50,200' },
  subjects: { type: 'string', default: 'bullmq-inline,aurochs-native,aurochs-inline' },
  baseline: { type: 'string', default: 'bullmq-inline' },
  scenario: { type: 'string', default: 'noop' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
};

function positive(name, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Failure(`--${name} takes positive integers, not '${text}'`);
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
  const list = name => values[name].split(',').map(entry => entry.trim());
  return {
    ...values,
    runs: positive('runs', values.runs),
    jobs: positive('jobs', values.jobs),
    concurrency: list('concurrency').map(text => positive('concurrency', text)),
    subjects: list('subjects'),
  };
}
