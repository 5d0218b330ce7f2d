// What there is to say something about: the options, events and methods of the installed BullMQ's Worker, and the
// options that Aurochs adds, as the TypeScript compiler finds them.
import { join } from 'node:path';
import ts from 'typescript';

const kRoot = join(__dirname, '..', '..');

export interface Members {
  options: string[];
  events: string[];
  /** Public methods, fields and accessors; those of Node's EventEmitter only where BullMQ has them anew. */
  methods: string[];
  /** Protected ones: what a subclass may override or use. */
  hooks: string[];
  added: string[];
}

export function members(): Members {
  // A file of the compiler's own, in this folder, so that packages are found from here.
  const name = join(__dirname, 'members-of-bullmq.ts');
  const source = `
    import type { Worker, WorkerListener, WorkerOptions } from 'bullmq';
    import type { WorkerOptions as Ours } from '../../lib/worker-options';
    export declare const options: WorkerOptions;
    export declare const events: WorkerListener;
    export declare const worker: Worker;
    export declare const statics: typeof Worker;
    export declare const ours: Ours;
  `;
  const compilerOptions: ts.CompilerOptions = {
    ...{ strict: true, skipLibCheck: true, types: ['node'], typeRoots: [join(kRoot, 'node_modules', '@types')] },
    ...{ module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  };
  const host = ts.createCompilerHost(compilerOptions);
  const { fileExists, getSourceFile, readFile } = host;
  host.fileExists = path => path === name || fileExists.call(host, path);
  host.readFile = path => (path === name ? source : readFile.call(host, path));
  host.getSourceFile = (path, ...rest) =>
    path === name ? ts.createSourceFile(path, source, rest[0]) : getSourceFile.call(host, path, ...rest);
  const program = ts.createProgram([name], compilerOptions, host);
  const checker = program.getTypeChecker();
  const exported = new Map(
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(name)!)!)
      .map(symbol => [symbol.name, checker.getPropertiesOfType(checker.getTypeOfSymbol(symbol))]),
  );

  const names = (symbols: ts.Symbol[]) => symbols.map(symbol => symbol.name).sort();
  const flags = (symbol: ts.Symbol) => ts.getCombinedModifierFlags(symbol.declarations![0]);
  const bullmqs = (symbol: ts.Symbol) => symbol.declarations?.[0].getSourceFile().fileName.includes('/bullmq/');
  const instance = exported.get('worker')!.filter(bullmqs);
  const statics = exported.get('statics')!.filter(symbol => bullmqs(symbol) && symbol.name !== 'prototype');
  const isPrivate = (symbol: ts.Symbol) => (flags(symbol) & ts.ModifierFlags.Private) !== 0;
  const isProtected = (symbol: ts.Symbol) => (flags(symbol) & ts.ModifierFlags.Protected) !== 0;
  const options = names(exported.get('options')!);
  return {
    options,
    events: names(exported.get('events')!),
    methods: [
      ...names(instance.filter(symbol => !isPrivate(symbol) && !isProtected(symbol))),
      ...names(statics).map(name => `Worker.${name}`),
    ].sort(),
    hooks: names(instance.filter(isProtected)),
    added: names(exported.get('ours')!).filter(name => !options.includes(name)),
  };
}
