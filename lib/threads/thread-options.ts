/**
 * BullMQ's `workerThreadsOptions` as a thread can take them.
 */
import { Worker } from 'node:worker_threads';
import type { WorkerOptions as WorkerThreadsOptions } from 'node:worker_threads';

/**
 * Node itself hands the process's flags on to its threads; what is given here is checked, since one flag that a thread
 * can't take (V8's own, for instance) would keep it from starting at all: such flags are left out, with a warning.
 */
export function threadOptions(given: WorkerThreadsOptions = {}): WorkerThreadsOptions {
  if (!given.execArgv?.length) return given;
  const refused = refusedFlags(given.execArgv);
  if (refused.length === 0) return given;
  process.emitWarning(
    `a thread can't take these flags of workerThreadsOptions.execArgv, and goes without them: ${refused.join(' ')}`,
    { code: 'AUROCHS_EXEC_ARGV' },
  );
  return { ...given, execArgv: given.execArgv.filter(flag => !refused.includes(flag)) };
}

/** Node's own check, which names the flags. */
function refusedFlags(execArgv: string[]): string[] {
  try {
    // When all are right this is a thread, with nothing to do.
    const probe = new Worker('', { eval: true, execArgv });
    probe.on('error', () => undefined);
    void probe.terminate();
    return [];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') return [];
    const named = message.slice(message.indexOf(':') + 1).split(',');
    const refused = named.map(flag => flag.trim());
    return execArgv.filter(flag => refused.includes(flag));
  }
}
