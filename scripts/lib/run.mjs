// Running other programs, and saying so in one line each. Plain Node: works before `npm ci`.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const jobs = String(Math.max(2, Math.min(8, availableParallelism())));

/** A failure whose message is all that the user needs. */
export class Failure extends Error {}

/** Where `program` is on the PATH, or undefined. */
export function which(program) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/** The command-line program of an installed package: `tool('jest', 'bin/jest.js')`. */
export function tool(name, path) {
  return join(root, 'node_modules', name, path);
}

/**
 * Runs a program to its end in the project's root and throws a Failure unless it exits with 0.
 * @param options.quiet keep its output back; show it when the program fails. Otherwise it is shown as it comes.
 * @param options.timeout in ms
 * @returns what it wrote to stdout (quiet only)
 */
export function run(program, args, { quiet = false, env = {}, timeout } = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  if (result.status !== 0) {
    if (quiet) {
      process.stdout.write(result.stdout ?? '');
      process.stderr.write(result.stderr ?? '');
    }
    const how = result.error?.message ?? (result.signal ? `ended by ${result.signal}` : `exit code ${result.status}`);
    throw new Failure(`${[program, ...args].join(' ')}: ${how}`);
  }
  if (quiet && /\bwarning:/.test(result.stderr)) {
    process.stderr.write(result.stderr);
  }
  return result.stdout ?? '';
}

/** Runs a script of the project or of an installed package with this Node. */
export function runNode(args, options) {
  return run(process.execPath, args, options);
}

/** Runs `body` as one named step and says how long it took. */
export async function step(name, body) {
  const start = performance.now();
  const detail = await body();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${name}: ${detail ?? 'ok'} (${seconds} s)`);
}

/** Runs a script's `main`: a Failure ends the process with its message and exit code 1. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof Failure ? `\nfailed: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** True when `url` (a script's import.meta.url) is the file that Node was started with, be it by a symbolic link. */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}
