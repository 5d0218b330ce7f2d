// What this process and the processes below it have used. Linux.
import { readdirSync, readFileSync } from 'node:fs';

/** Of a second: what the kernel counts CPU time in where it doesn't say it in ns. */
const ticksPerSecond = 100;

/** A process or thread may end between two looks. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function threads(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** The processes below this one, whichever of its threads started them. */
function descendants(pid) {
  const children = threads(pid).flatMap(task => read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean));
  return children.flatMap(child => [child, ...descendants(child)]);
}

/** A thread's CPU time in µs; undefined on a kernel that doesn't count it. */
function threadCpu(pid, thread) {
  const [nanoseconds] = read(`/proc/${pid}/task/${thread}/schedstat`).split(' ');
  return nanoseconds ? Number(nanoseconds) / 1000 : undefined;
}

/** In µs; of the threads that live, or in whole ticks. */
function processCpu(pid) {
  const times = threads(pid).map(thread => threadCpu(pid, thread));
  if (!times.includes(undefined)) return times.reduce((sum, time) => sum + time, 0);
  // Behind the name, which may hold anything: utime and stime are the 12th and 13th field.
  const fields = read(`/proc/${pid}/stat`).split(') ').pop().split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6 || 0;
}

function privateBytes(pid) {
  const lines = read(`/proc/${pid}/smaps_rollup`).matchAll(/^Private_\w+:\s+(\d+) kB$/gm);
  return Array.from(lines).reduce((sum, [, kB]) => sum + Number(kB) * 1024, 0);
}

/** @returns CPU time in µs, and the main thread's share of it. Taken last when a measurement begins, first when it ends. */
export function cpuTime() {
  const below = descendants('self').reduce((sum, pid) => sum + processCpu(pid), 0);
  const { user, system } = process.cpuUsage();
  return { cpu: below + user + system, mainCpu: threadCpu('self', process.pid) };
}

/** @returns bytes that nobody else shares */
export function privateMemory() {
  return ['self', ...descendants('self')].reduce((sum, pid) => sum + privateBytes(pid), 0);
}
