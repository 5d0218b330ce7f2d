// What is tried in a folder where the package was installed: one function a case, which throws when it doesn't work.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../scripts/lib/run.mjs';
import * as applications from './applications.mjs';

function expectOutput(output, text, times = 1) {
  const found = output.split(text).length - 1;
  if (found !== times) throw new Failure(`'${text}' ${found} times instead of ${times} in the output:\n${output}`);
  const warning = /^.*warning.*$/im.exec(output);
  if (warning) throw new Failure(`it warns: ${warning[0]}`);
}

async function quickStart(sandbox, file, code) {
  sandbox.write(file, code);
  const output = await sandbox.run([file], { until: applications.quickStartSays });
  expectOutput(output, 'native - inline processor');
}

async function oneJob(sandbox, file, times = 1) {
  expectOutput(await sandbox.run([file]), 'done 42', times);
}

/** In every Node. */
export const everywhere = {
  'quick start, ES module': (sandbox, { port }) =>
    quickStart(sandbox, 'quick-start.mjs', applications.quickStart(port)),
  'quick start, CommonJS': (sandbox, { port }) =>
    quickStart(sandbox, 'quick-start.cjs', applications.asCommonJs(applications.quickStart(port))),
  async 'file on threads'(sandbox, { port }) {
    sandbox.write('processor.cjs', applications.processorFile);
    sandbox.write('file.cjs', applications.oneJob(port, { esm: false, processor: "__dirname + '/processor.cjs'" }));
    await oneJob(sandbox, 'file.cjs');
  },
  async 'worker threads'(sandbox, { port }) {
    sandbox.write('one.mjs', applications.oneJob(port));
    sandbox.write('threads.mjs', applications.threads);
    await oneJob(sandbox, 'threads.mjs', 3);
  },
  async cluster(sandbox, { port }) {
    sandbox.write('one.mjs', applications.oneJob(port));
    sandbox.write('cluster.mjs', applications.cluster);
    await oneJob(sandbox, 'cluster.mjs', 2);
  },
  async 'bundle by esbuild'(sandbox, { port, tools }) {
    for (const [format, extension] of [
      ['esm', 'mjs'],
      ['cjs', 'cjs'],
    ]) {
      sandbox.write('bundled.mjs', applications.oneJob(port));
      const options = ['--bundle', '--platform=node', '--external:aurochs', '--log-level=error', `--format=${format}`];
      const outfile = sandbox.path(`dist/esbuild.${extension}`);
      const esbuild = tools.path('node_modules/esbuild/bin/esbuild');
      await tools.run([esbuild, ...options, sandbox.path('bundled.mjs'), `--outfile=${outfile}`]);
      await oneJob(sandbox, outfile);
    }
  },
  async 'bundle by webpack'(sandbox, { port, tools }) {
    sandbox.write('bundled.mjs', applications.oneJob(port));
    mkdirSync(sandbox.path('dist'), { recursive: true });
    const config = {
      ...{ mode: 'production', target: 'node', context: sandbox.folder, entry: './bundled.mjs' },
      externals: { aurochs: 'commonjs aurochs' },
      output: { path: sandbox.path('dist'), filename: 'webpack.cjs' },
    };
    tools.write(
      'webpack.cjs',
      `require('webpack')(${JSON.stringify(config)}, (error, stats) => {
        if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
      });`,
    );
    await tools.run(['webpack.cjs']);
    await oneJob(sandbox, join('dist', 'webpack.cjs'));
  },
};

/** In one Node. */
export const once = {
  async Jest(sandbox, { port }) {
    await sandbox.install('jest@30');
    sandbox.write(
      'jest/job.test.js',
      applications.unitTest(port, "const { Queue, Worker } = require('aurochs');\n").replace(/^\n/, ''),
    );
    const output = await sandbox.run(['node_modules/jest/bin/jest.js', '--rootDir=jest', '--watchman=false']);
    expectOutput(output, 'Tests:       1 passed, 1 total');
  },
  async Vitest(sandbox, { port }) {
    await sandbox.install('vitest@5');
    const imports = "import { expect, test } from 'vitest';\nimport { Queue, Worker } from 'aurochs';";
    sandbox.write('vitest/job.test.mjs', applications.unitTest(port, imports));
    for (const pool of ['forks', 'threads']) {
      const args = ['node_modules/vitest/vitest.mjs', 'run', '--root=vitest', '--no-color', `--pool=${pool}`];
      const output = await sandbox.run(args, { env: { NO_COLOR: '1' } });
      if (!/Tests +1 passed \(1\)/.test(output)) throw new Failure(`Vitest says:\n${output}`);
    }
  },
};
