// A Python that has the modules that a peer needs.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const programs = ['python3', '/usr/bin/python3'];

function has(program, modules) {
  try {
    execFileSync(program, ['-c', `import ${modules}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** @param modules separated by commas. @returns undefined if there is none */
export const pythonWith = modules => programs.find(program => has(program, modules));

/** Starts a script that talks in lines, and ends when its input does: with this process, whatever ends that. */
export function startPython(program, script, args) {
  const options = { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, PYTHONWARNINGS: 'ignore' } };
  const child = spawn(program, [fileURLToPath(script), ...args.map(String)], options);
  const lines = createInterface(child.stdout);
  const gone = () => {
    throw new Error(`${program} ended too early; what it printed says why`);
  };
  child.once('exit', gone);
  return {
    say: line => child.stdin.write(`${line}\n`),
    hear: async () => (await once(lines, 'line'))[0],
    async stop() {
      child.off('exit', gone);
      const exit = once(child, 'exit');
      child.stdin.end();
      await exit;
    },
  };
}
