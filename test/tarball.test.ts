// What npm would publish: the files in it, and that it runs from an empty folder, by itself. Installing it with npm,
// other versions of Node.js and other tools are for `npm run test:runtimes`.
import { execFile, execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { compile } from './support/compile';
import { useBench } from './support/queue';

const bench = useBench();
const kRoot = join(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'aurochs-tarball-'));
const installed = join(folder, 'node_modules', 'aurochs');
let files: string[];

beforeAll(() => {
  const options: ExecFileSyncOptionsWithStringEncoding = { cwd: kRoot, encoding: 'utf8', stdio: 'pipe' };
  execFileSync(process.execPath, ['scripts/prebuild.mjs'], options);
  const pack = ['pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', folder];
  // By name in npm 12, before that a list.
  const packed = JSON.parse(execFileSync('npm', pack, options)) as Record<string, Packed>;
  const [{ filename, ...rest }] = Object.values(packed);
  files = rest.files.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  for (const name of Object.keys(manifest().dependencies)) {
    symlinkSync(join(kRoot, 'node_modules', name), join(folder, 'node_modules', name));
  }
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Packed {
  filename: string;
  files: { path: string }[];
}

interface Manifest {
  dependencies: Record<string, string>;
  scripts: Record<string, string>;
}

const manifest = () => JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;

/** Runs a program there with nothing but Node in its environment; what it prints is JSON. */
async function run(source: string, cwd = folder, env: Record<string, string> = {}): Promise<any> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--eval', source], {
    cwd,
    env: { PATH: dirname(process.execPath), HOME: cwd, PORT: String(bench.redis.port), ...env },
    timeout: 20_000,
  });
  return { ...(JSON.parse(stdout) as object), stderr };
}

const kWork = `
  const { Queue, Worker, include } = require('aurochs');
  const connection = { host: '127.0.0.1', port: Number(process.env.PORT) };
  const queue = new Queue(process.env.QUEUE, { connection });
  const worker = new Worker(process.env.QUEUE, async job => job.data.n * 2, { connection });
  worker.once('completed', async (job, result) => {
    await worker.close();
    await queue.close();
    console.log(JSON.stringify({ result, engine: worker.engine, reason: worker.engineReason, include }));
  });
  queue.add('job', { n: 21 });`;

describe('the tarball', () => {
  it('has what is needed to run, to type-check, to write processors and to build, and nothing else', () => {
    const here = readdirSync(join(kRoot, 'prebuilds'), { recursive: true, encoding: 'utf8' });
    const prebuilds = here.filter(name => name.endsWith('.node')).map(name => `prebuilds/${name}`);
    expect(prebuilds).not.toEqual([]);
    const single = ['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'package.json', 'CMakeLists.txt'];
    const scripts = ['scripts/build-addon.mjs', 'scripts/lib/files.mjs', 'scripts/lib/run.mjs'];
    const entries = ['dist/index.mjs', 'dist/index.d.mts', 'dist/cjs/index.js', 'dist/types/index.d.ts'];
    const headers = ['include/aurochs/processor.h', 'include/aurochs/processor.hpp'];
    for (const file of [...prebuilds, ...single, ...scripts, ...entries, ...headers, 'docs/installing.md']) {
      expect(files).toContain(file);
    }
    const known = [
      /^dist\/(cjs|types)\/.*\.(js|d\.ts)(\.map)?$/,
      /^lib\/.*\.ts$/,
      /^(src|binding)\/.*\.(cc?|h|lua|in)$/,
      /^cmake\/[\w.]+$/,
      /^docs\/(benchmarks\/)?[\w-]+\.md$/,
      /^docs\/benchmarks\/charts\/readme\.svg$/,
      /^examples\/native\/[\w.]+$/,
    ];
    const listed = new Set([...prebuilds, ...single, ...scripts, ...entries, ...headers]);
    expect(files.filter(file => !listed.has(file) && !known.some(pattern => pattern.test(file)))).toEqual([]);
  });

  it('has the sources that its maps name', () => {
    const maps = files.filter(file => /^dist\/.*\.map$/.test(file));
    expect(maps.length).toBeGreaterThan(0);
    for (const map of maps) {
      const { sources } = JSON.parse(readFileSync(join(installed, map), 'utf8')) as { sources: string[] };
      for (const source of sources)
        expect([map, existsSync(join(installed, dirname(map), source))]).toEqual([map, true]);
    }
  });

  it('has nothing that npm would run when it is installed', () => {
    const hooks = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];
    expect(Object.keys(manifest().scripts).filter(name => hooks.includes(name))).toEqual([]);
    expect(files).not.toContain('binding.gyp');
  });

  it('runs from a folder with nothing else, by its prebuilt addon', async () => {
    const queue = bench.queue().name;
    const answer = await run(kWork, folder, { QUEUE: queue, AUROCHS_REQUIRE_NATIVE: '1' });
    expect(answer).toMatchObject({ result: 42, engine: 'native', stderr: '' });
    expect(answer.include).toBe(join(installed, 'include'));
  });

  it('without a binary for the platform says what was looked for and how to build it, and works', async () => {
    const other = join(folder, 'other');
    cpSync(join(folder, 'node_modules'), join(other, 'node_modules'), { recursive: true, verbatimSymlinks: true });
    const package_ = join(other, 'node_modules', 'aurochs');
    rmSync(join(package_, 'prebuilds'), { recursive: true });

    const { stderr, ...answer } = await run(kWork, other, { QUEUE: bench.queue().name });
    expect(answer).toMatchObject({ result: 42, engine: 'bullmq' });
    expect(answer.reason).toMatch(/^there is no native addon for /);
    const place = `${process.platform}-${process.arch}`;
    expect(stderr).toMatch(new RegExp(`AUROCHS_NO_ADDON.*${place} \\((glibc|musl)\\), Node\\.js ${process.version}`));
    expect(stderr).toContain(join(package_, 'prebuilds', place, 'aurochs.'));
    expect(stderr).toContain(join(package_, 'build', 'Release', 'aurochs.node'));
    const [, script] = /'node (\S+)'/.exec(stderr as string) ?? [];
    expect(existsSync(script)).toBe(true);

    // A build of one's own wins over the package's binary: it was looked for first.
    cpSync(join(kRoot, 'build', 'Release', 'aurochs.node'), join(package_, 'build', 'Release', 'aurochs.node'));
    const built = await run(kWork, other, { QUEUE: bench.queue().name });
    expect(built).toMatchObject({ result: 42, engine: 'native', stderr: '' });
  });
});

describe('what is asked of the binary', () => {
  /** Why it isn't given to others, as `npm run build:prebuild` says. */
  async function objections(file: string): Promise<string> {
    const source = `
      import { checkAddon } from './scripts/lib/addon-checks.mjs';
      checkAddon(process.argv.at(-1));`;
    const args = ['--input-type=module', '--eval', source, '--', file];
    const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: kRoot }).catch(
      (error: { stderr: string }) => error,
    );
    return stderr;
  }

  it('is what the package has', async () => {
    const prebuilds = join(installed, 'prebuilds', `${process.platform}-${process.arch}`);
    for (const name of readdirSync(prebuilds)) expect(await objections(join(prebuilds, name))).toBe('');
  });

  it('is more than any library is', async () => {
    expect(await objections(join(kRoot, 'build', 'Release', 'aurochs.node'))).toMatch(/it is not stripped/);
    const source = 'int other(void); int own(void) { return other(); }';
    const library = await objections(compile(source, { name: 'own', language: 'c' }));
    for (const problem of [
      /it exports own, which cmake\/exports\.map doesn't name/,
      /it is not linked with -z nodelete/,
      /it needs other, which .*node.* doesn't export/,
    ]) {
      expect(library).toMatch(problem);
    }
  });
});
