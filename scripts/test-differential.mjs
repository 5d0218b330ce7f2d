// `npm run test:differential -- [--histories N] [--seed N] [--mutants] [--accept]`: random histories through BullMQ's
// scripts and through ours. --mutants: do they notice what could be wrong with ours? --accept: both, with many
// histories; then what was compared is noted as equal, for the build to check.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { acceptFingerprint, currentScripts, ourScript } from './lib/bullmq-fingerprint.mjs';
import { testsFolder } from './lib/native-tests.mjs';
import { Failure, main, root, runNode } from './lib/run.mjs';

const enoughToAccept = 10_000;

function integer(name, text) {
  if (!/^\d+$/.test(text)) {
    throw new Failure(`--${name} takes a number, not ${text}`);
  }
  return Number(text);
}

await main(async () => {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string' },
      seed: { type: 'string', default: String(randomInt(1_000_000_000)) },
      mutants: { type: 'boolean', default: false },
      accept: { type: 'boolean', default: false },
    },
  });
  const histories = integer('histories', values.histories ?? String(values.accept ? enoughToAccept : 1000));
  const seed = integer('seed', values.seed);
  if (values.accept && histories < enoughToAccept) {
    throw new Failure(`--accept takes ${enoughToAccept} histories at least`);
  }
  const compared = currentScripts();
  const program = join(root, testsFolder, 'differential.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/differential/program.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const withMutants = values.mutants || values.accept ? ['mutants'] : [];
  runNode(['--enable-source-maps', program, join(root, ourScript), histories, seed, ...withMutants].map(String));
  if (values.accept) {
    console.log(`written: ${acceptFingerprint(compared, histories, seed)}`);
  }
});
