// The types as an application gets them: those of the built package, compiled by the application's TypeScript.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { installed, put } from './support/installed';

const kRoot = join(__dirname, '..');
const kTypes = join(__dirname, 'types');
const read = (name: string) => readFileSync(join(kTypes, name), 'utf8');
const kProgram = read('program.ts');
const kChanged = kProgram.replace("} from 'bullmq';", "} from 'aurochs';");

const folder = installed(['bullmq', 'ioredis', '@types/node', 'undici-types']);

const kStrict: ts.CompilerOptions = {
  ...{ strict: true, noEmit: true, noImplicitOverride: true, types: ['node'], esModuleInterop: true },
  ...{ target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts'], skipLibCheck: true },
};
const kResolutions: [string, ts.CompilerOptions][] = [
  ['node16', { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
  ['bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
  ['node10', { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 }],
];

/** Files that were read once, for all programs: BullMQ's types are the larger part of the work. */
const parsed = new Map<string, ts.SourceFile | undefined>();
function hostFor(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  return {
    ...host,
    getSourceFile: (name, how, ...rest) => {
      const key = JSON.stringify([name, how]);
      if (!parsed.has(key)) parsed.set(key, host.getSourceFile(name, how, ...rest));
      return parsed.get(key);
    },
  };
}

/** What the compiler has to say, one line each, and the files that it has read. */
function compile(files: string[], options: ts.CompilerOptions = kResolutions[0][1]) {
  const all = { ...kStrict, ...options, typeRoots: [join(folder, 'node_modules', '@types')] };
  const program = ts.createProgram({ rootNames: files, options: all, host: hostFor(all) });
  const complaints = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const where = file ? `${file.fileName}:${file.getLineAndCharacterOfPosition(start!).line + 1}: ` : '';
    return where + ts.flattenDiagnosticMessageText(messageText, '\n');
  });
  return { complaints, files: program.getSourceFiles().map(file => file.fileName) };
}

describe('a program of BullMQ’s', () => {
  it('is another one by its import alone', () => {
    const lines = kProgram.split('\n');
    const changed = kChanged.split('\n').filter((line, i) => line !== lines[i]);
    expect(changed).toEqual(["} from 'aurochs';"]);
    expect(kChanged).not.toContain("'bullmq'");
  });

  it.each(kResolutions)('compiles with either import (%s)', (name, options) => {
    const files = ['ts', 'mts', 'cts']
      .slice(0, name === 'node10' ? 1 : 3)
      .flatMap(extension => [
        put(folder, `${name}/stock.${extension}`, kProgram),
        put(folder, `${name}/changed.${extension}`, kChanged),
      ]);
    const compiled = compile(files, options);
    expect(compiled.complaints).toEqual([]);
    expect(compiled.files).toContain(join(kRoot, 'dist/types/worker.d.ts'));
  });

  it('is refused with either import when something in it is wrong', () => {
    const mistakes: [string, string, RegExp][] = [
      ['job.data.items.length === 0', 'job.data.things.length === 0', /'things' does not exist/],
      ['maxStartedAttempts: 5', "maxStartedAttempts: 'five'", /Type 'string' is not assignable to type 'number'/],
      ["once('ready'", "once('readied'", /'"readied"' is not assignable/],
    ];
    const files = mistakes.flatMap(([from, to], i) =>
      [kProgram, kChanged].map((program, j) =>
        put(
          folder,
          `wrong/${i}-${j}.ts`,
          program.replace(from, () => to),
        ),
      ),
    );
    const { complaints } = compile(files);
    expect(complaints).toHaveLength(files.length);
    complaints.forEach((complaint, i) => expect(complaint).toMatch(mistakes[Math.floor(i / 2)][2]));
  });
});

it("the package's types are what the type tests say", () => {
  const names = readdirSync(kTypes).filter(name => name.endsWith('.test-d.ts'));
  expect(names.length).toBeGreaterThan(2);
  put(folder, 'types/expect.ts', read('expect.ts'));
  const { complaints } = compile(names.map(name => put(folder, `types/${name}`, read(name))));
  expect(complaints).toEqual([]);
});

it('a type test fails when a type is another one', () => {
  put(folder, 'types/expect.ts', read('expect.ts'));
  const wrong = read('options.test-d.ts')
    .replace('expectType<number | undefined>()(types.threads)', 'expectType<number>()(types.threads)')
    .replace("threads: '2' }", 'threads: 2 }');
  const { complaints } = compile([put(folder, 'types/wrong.ts', wrong)]);
  expect(complaints.map(complaint => complaint.replace(/.*wrong\.ts:\d+: /, ''))).toEqual([
    'Expected 2 arguments, but got 1.',
    "Unused '@ts-expect-error' directive.",
  ]);
});

it('the declarations have no mistakes of their own', () => {
  const ours = readdirSync(join(kRoot, 'dist/types'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.d.ts'))
    .map(name => join(kRoot, 'dist/types', name));
  const { complaints } = compile([...ours, join(kRoot, 'dist/index.d.mts')], {
    ...kResolutions[0][1],
    skipLibCheck: false,
  });
  expect(complaints.filter(complaint => complaint.startsWith(join(kRoot, 'dist')))).toEqual([]);
});

it('declaration maps lead to sources that the package carries', () => {
  const { files } = JSON.parse(readFileSync(join(kRoot, 'package.json'), 'utf8')) as { files: string[] };
  const types = join(kRoot, 'dist/types');
  const declarations = readdirSync(types, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.d.ts'));
  for (const name of declarations) {
    const text = readFileSync(join(types, name), 'utf8');
    const map = /^\/\/# sourceMappingURL=(.*)$/m.exec(text)?.[1];
    expect([name, map]).toEqual([name, expect.stringMatching(/\.d\.ts\.map$/)]);
    const path = resolve(dirname(join(types, name)), map!);
    const { sources } = JSON.parse(readFileSync(path, 'utf8')) as { sources: string[] };
    for (const source of sources.map(source => resolve(dirname(path), source))) {
      expect([source, existsSync(source)]).toEqual([source, true]);
      expect(files.some(entry => source.startsWith(join(kRoot, entry)))).toBe(true);
    }
  }
  expect(declarations).toContain('worker.d.ts');
});
