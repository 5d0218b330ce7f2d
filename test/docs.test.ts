// The code of README.md and docs/ does what it says: each page's blocks run in their order, in a folder of an
// application that has installed the package. How a page sets them up: test/docs/page.ts.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { include } from 'aurochs';
import ts from 'typescript';
import { stepsOf, type Step } from './docs/page';
import { installed, put } from './support/installed';
import { Program } from './support/program';
import { useBench } from './support/queue';

const bench = useBench();
const kRoot = join(__dirname, '..');
const kScripts = (JSON.parse(readFileSync(join(kRoot, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
  .scripts;
// docs/installing.md is about machines, not about code.
const kPages = ['README.md', ...readdirSync(join(kRoot, 'docs')).map(name => `docs/${name}`)].filter(
  name => name.endsWith('.md') && name !== 'docs/installing.md',
);
/** What is no code: figures, and what other programs read. */
const kNoCode = ['', 'text', 'json', 'yaml', 'dockerfile'];

const rustc = (() => {
  try {
    return execFileSync('rustc', ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
})();

function sh(folder: string, script: string): string {
  return execFileSync('sh', ['-euc', script], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const here = (text: string) => text.replaceAll('port: 6379', `port: ${bench.redis.port}`);

async function runScript(folder: string, step: Step, extension: string): Promise<void> {
  const name = `line-${step.line}.${extension}`;
  const whole = `${step.before}\n${step.text}\nglobalThis.finish(async () => {\n${step.after}\n});\n`;
  put(folder, name, here(whole));
  const program = new Program(['--import', join(__dirname, 'docs', 'harness.mjs'), name], { cwd: folder });
  const exit = await program.exited;
  expect({ ...exit, complaints: program.complaints }).toEqual({ code: 0, signal: null, complaints: '' });
}

/** A line of commands that isn't run here: it installs something, takes minutes, or needs what isn't there. */
const kNotRun = new RegExp(`^(npm|npx|apt|apt-get|docker|kubectl|gdb|git|cd|sudo${rustc ? '' : '|rustc'})\\b`);

/** Runs a block's commands; of npm's scripts, looks that they exist. Commands end with their line, or go on after `\`. */
function runCommands(folder: string, text: string): void {
  const commands = text.split(/(?<!\\)\n/);
  execFileSync('sh', ['-n'], { input: text });
  const ours = commands.filter(command => !kNotRun.test(command));
  for (const command of commands.filter(command => kNotRun.test(command))) {
    const script = /^npm (?:run )?(\S+)/.exec(command)?.[1];
    if (script && !['install', 'ci', 'start', 'pack'].includes(script)) expect(Object.keys(kScripts)).toContain(script);
  }
  sh(folder, ours.join('\n'));
}

const kFlags = ['-Wall', '-Wextra', '-Werror', '-O2', '-fPIC', '-I', include];

function compileNative(folder: string, step: Step): void {
  const isC = step.language === 'c';
  const symbol = /AUROCHS(?:_CPP)?_PROCESSOR\((\w+)\)/.exec(step.text)?.[1];
  const file = step.file ?? `${symbol ?? `line-${step.line}`}.${isC ? 'c' : 'cc'}`;
  put(folder, file, step.text);
  const [compiler, standard] = isC ? ['cc', '-std=c11'] : ['c++', '-std=c++17'];
  const compile = (...args: string[]) => execFileSync(compiler, [standard, ...kFlags, ...args], { cwd: folder });
  if (symbol) {
    compile('-shared', file, '-o', `${symbol}.so`);
    return;
  }
  // A test of a processor: a program with its own main(), and the processor that it calls.
  const called = /^int (\w+)\(aurochs_job/m.exec(step.text)?.[1];
  compile(file, `${called}.c`, '-o', 'unit-test');
  execFileSync(join(folder, 'unit-test'));
}

async function take(folder: string, step: Step): Promise<void> {
  if (step.kind === 'sh') return void sh(folder, step.text);
  switch (step.language) {
    case 'js':
      if (step.file) return void execFileSync(process.execPath, ['--check', step.file], { cwd: folder });
      return runScript(folder, step, /\brequire\(/.test(step.text) ? 'cjs' : 'mjs');
    case 'ts': {
      const { outputText } = ts.transpileModule(step.text, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
      return runScript(folder, { ...step, text: outputText }, 'mjs');
    }
    case 'c':
    case 'cpp':
      return compileNative(folder, step);
    case 'sh':
      return runCommands(folder, step.text);
    case 'cmake':
      put(folder, 'CMakeLists.txt', step.text);
      return void sh(folder, 'cmake -S . -B cmake-build && cmake --build cmake-build');
    case 'rust': {
      put(folder, step.file!, step.text);
      if (!rustc) return;
      const library = `lib${basename(step.file!, '.rs')}.so`;
      return void execFileSync(
        'rustc',
        ['--edition=2021', '-O', '--crate-type=cdylib', '-D', 'warnings', step.file!, '-o', library],
        { cwd: folder, stdio: 'pipe' },
      );
    }
    default:
      throw new Error(`the test doesn't know what to do with ${step.language}`);
  }
}

function title(step: Step): string {
  const what = step.kind === 'sh' ? 'hidden commands' : step.language;
  const note = step.language === 'rust' ? (rustc ? `, by ${rustc}` : ': NOT compiled, there is no rustc here') : '';
  return `line ${step.line}: ${step.file ?? what}${note}`;
}

describe.each(kPages)('%s', page => {
  const steps = stepsOf(join(kRoot, page));
  const code = steps.filter(step => step.kind === 'sh' || (step.kind === 'block' && !kNoCode.includes(step.language)));
  const folder = code.length > 0 ? installed(['bullmq', 'ioredis']) : '';

  beforeAll(() => {
    for (const step of steps.filter(step => step.file && step.kind !== 'sh')) put(folder, step.file!, here(step.text));
  });

  // A page of prose has nothing to run, and says so.
  if (code.length === 0) {
    it('has no code', () => expect(steps.filter(step => !kNoCode.includes(step.language))).toEqual([]));
    return;
  }
  it.each(code.map(step => [title(step), step] as const))('%s', (_title, step) => take(folder, step));
});
