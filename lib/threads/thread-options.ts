/**
 * BullMQ's `workerThreadsOptions`: checked, and as a thread can take them.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { WorkerOptions as WorkerThreadsOptions } from 'node:worker_threads';

interface Rule {
  is: string;
  check(value: unknown): boolean;
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const boolean: Rule = { is: 'a boolean', check: value => typeof value === 'boolean' };
const megabytes: Rule = {
  is: 'a positive number of megabytes',
  check: value => typeof value === 'number' && value > 0,
};

/** What Node would ignore, or refuse from one thread to the next. */
const RULES: Record<string, Rule> = {
  argv: { is: 'an array', check: Array.isArray },
  env: { is: 'an object or SHARE_ENV', check: value => isObject(value) || value === SHARE_ENV },
  eval: { is: 'left out: threads run a file', check: value => value === false },
  execArgv: {
    is: 'an array of strings',
    check: value => Array.isArray(value) && value.every(flag => typeof flag === 'string'),
  },
  name: { is: 'a string', check: value => typeof value === 'string' },
  stdin: boolean,
  stdout: boolean,
  stderr: boolean,
  trackUnmanagedFds: boolean,
};

const LIMIT_RULES: Record<string, Rule> = {
  maxOldGenerationSizeMb: megabytes,
  maxYoungGenerationSizeMb: megabytes,
  codeRangeSizeMb: megabytes,
  stackSizeMb: megabytes,
};

/** @throws a TypeError that names the option which can't work. */
export function checkThreadOptions(given: unknown): void {
  if (given == null) return;
  const { resourceLimits } = checkObject(given, 'workerThreadsOptions', RULES);
  if (resourceLimits != null) checkObject(resourceLimits, 'workerThreadsOptions.resourceLimits', LIMIT_RULES);
}

function checkObject(given: unknown, as: string, rules: Record<string, Rule>): Record<string, unknown> {
  if (!isObject(given)) throw new TypeError(`${as} must be an object, not ${String(given)}`);
  const values = given as Record<string, unknown>;
  for (const [key, { is, check }] of Object.entries(rules)) {
    const value = values[key];
    if (value != null && !check(value)) throw new TypeError(`${as}.${key} must be ${is}, not ${String(value)}`);
  }
  return values;
}

/** A worker with several files has one object of options for all, and is warned once. */
const known = new WeakMap<WorkerThreadsOptions, WorkerThreadsOptions>();

/**
 * Node itself hands the process's flags on to its threads; what is given here is checked, since one flag that a thread
 * can't take (V8's own, for instance) would keep it from starting at all: such flags are left out, with a warning.
 */
export function threadOptions(given: WorkerThreadsOptions = {}): WorkerThreadsOptions {
  if (!given.execArgv?.length) return given;
  let options = known.get(given);
  if (!options) {
    options = { ...given, execArgv: acceptedFlags(given.execArgv) };
    known.set(given, options);
  }
  return options;
}

function acceptedFlags(execArgv: string[]): string[] {
  let accepted = execArgv;
  const refused: string[] = [];
  // A refused flag may have hidden others, behind a value that Node took for the end of the flags.
  for (let refusal = refusalOf(accepted); refusal; refusal = refusalOf(accepted)) {
    const [keep, drop] = split(accepted, refusal);
    if (drop.length === 0) break;
    accepted = keep;
    refused.push(...drop);
  }
  if (refused.length > 0) {
    process.emitWarning(
      `a thread can't take these flags of workerThreadsOptions.execArgv, and goes without them: ${refused.join(' ')}`,
      { code: 'AUROCHS_EXEC_ARGV' },
    );
  }
  return accepted;
}

/** What is no flag belongs to the one before it. */
function split(execArgv: string[], refusal: string): [keep: string[], drop: string[]] {
  const keep: string[] = [];
  const drop: string[] = [];
  let list = keep;
  for (const flag of execArgv) {
    if (flag.startsWith('-')) list = refusal.includes(`, ${flag}, `) ? drop : keep;
    list.push(flag);
  }
  return [keep, drop];
}

/** A flag that no thread takes: with it, Node refuses to start one, and says of all flags which it can't take. */
const UNKNOWN_FLAG = '--aurochs-asks-for-flags';

/** @returns the flags in Node's own words, each between commas. */
function refusalOf(execArgv: string[]): string {
  try {
    const probe = new Worker('', { eval: true, execArgv: [UNKNOWN_FLAG, ...execArgv] });
    // A Node that is not so strict has nothing to refuse.
    probe.on('error', () => undefined);
    void probe.terminate();
    return '';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Else a thread will tell, when it can't be started.
    return code === 'ERR_WORKER_INVALID_EXEC_ARGV' ? `, ${message.slice(message.indexOf(': ') + 2)}, ` : '';
  }
}
