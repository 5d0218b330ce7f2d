/**
 * Loads the file of a processor: ES module, CommonJS, or TypeScript where the runtime can load it.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import type { SandboxedJob } from 'bullmq';

/** What a processor's file exports. */
export type ThreadProcessor = (job: SandboxedJob, token: string, signal?: AbortSignal) => unknown;

/** Node's codes for TypeScript that it does not load. */
const TYPESCRIPT_CODES = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_NO_TYPESCRIPT',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
]);

/**
 * @param file `file:` URL
 * @throws what the file throws, or an Error that says why it is no processor.
 */
export async function loadProcessor(file: string): Promise<ThreadProcessor> {
  let exported: unknown = await importFile(file);
  // The namespace's default is module.exports for CommonJS, where transpilers put a default of their own.
  for (let level = 0; level < 3 && hasDefault(exported); level++) exported = exported.default;
  // BullMQ's message.
  if (typeof exported !== 'function') throw new Error('No function is exported in processor file');
  return exported as ThreadProcessor;
}

function hasDefault(exported: unknown): exported is { default: unknown } {
  if (exported === null || (typeof exported !== 'object' && typeof exported !== 'function')) return false;
  return Boolean((exported as { default?: unknown }).default);
}

async function importFile(file: string): Promise<unknown> {
  try {
    return await import(file);
  } catch (error) {
    if (!isTypeScriptRefused(error)) throw withLocation(error);
    const path = fileURLToPath(file);
    const requireFile = createRequire(path);
    // A loader for CommonJS alone (`node --require ts-node/register`) is not asked by import().
    const extension = /\.[cm]?ts$/.exec(path)?.[0];
    if (extension && requireFile.extensions[extension]) return { default: requireFile(path) as unknown };
    throw new Error(
      `The processor ${path} is TypeScript, which this Node.js (${process.version}) can not load (${error.message}). ` +
        'Compile it to JavaScript and give the path of that file, or start node with a loader, such as ' +
        "'node --import tsx'.",
      { cause: error },
    );
  }
}

/**
 * The SyntaxError of an ES module says where it is only when it ends the process: the line is kept out of sight,
 * until the error is thrown by a script that runs with vm's `displayErrors`.
 */
function withLocation(error: unknown): unknown {
  if (!(error instanceof SyntaxError) || !error.stack?.startsWith('SyntaxError')) return error;
  const { stack } = error;
  const filename = 'aurochs:rethrow';
  try {
    runInNewContext('throw error', { error }, { filename });
  } catch {
    // Without a line of its own it was given that of the script.
    if (error.stack.startsWith(filename)) error.stack = stack;
  }
  return error;
}

function isTypeScriptRefused(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code = '' } = error as NodeJS.ErrnoException;
  return TYPESCRIPT_CODES.has(code) && (code !== 'ERR_UNKNOWN_FILE_EXTENSION' || /"\.[cm]?tsx?"/.test(error.message));
}

/**
 * Whether a processor may look at its third argument. To make an AbortController costs microseconds, which a job
 * need not pay for when the source shows that it has two plain parameters at most and doesn't use `arguments`.
 */
export function takesSignal(processor: ThreadProcessor): boolean {
  const source = Function.prototype.toString.call(processor);
  const plain = /^(async\s*)?(function\s*\w*\s*)?(\(\s*(\w+\s*(,\s*\w+\s*)?)?\)|\w+\s*=>)/.test(source);
  return !plain || /\barguments\b|\[native code\]/.test(source);
}
