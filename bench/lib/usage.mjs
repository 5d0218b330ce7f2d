// What this process and its children have used. Linux.
import { readdirSync, readFileSync } from 'node:fs';

/** Of a second: what the kernel counts CPU time in. */
const ticksPerSecond = 100;

/** The children of this process, those of all of its threads. */
function children() {
  const tasks = readdirSync('/proc/self/task');
  return tasks.flatMap(task => read(`/proc/self/task/${task}/children`).split(' ').filter(Boolean));
}

/** A process may end between two looks. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function childCpu(pid) {
  // Behind the name, which may hold anything: utime and stime are the 12th and 13th field.
  const fields = read(`/proc/${pid}/stat`).split(') ').pop().split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6 || 0;
}

function privateBytes(pid) {
  const lines = read(`/proc/${pid}/smaps_rollup`).matchAll(/^Private_\w+:\s+(\d+) kB$/gm);
  return Array.from(lines).reduce((sum, [, kB]) => sum + Number(kB) * 1024, 0);
}

/** @returns CPU time in µs, and the memory that nobody else shares in bytes. */
export function usage() {
  const { user, system } = process.cpuUsage();
  const pids = children();
  return {
    cpu: pids.reduce((sum, pid) => sum + childCpu(pid), user + system),
    memory: pids.reduce((sum, pid) => sum + privateBytes(pid), privateBytes('self')),
  };
}
