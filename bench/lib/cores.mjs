// The cores that this process may use, and others bound to some of them. Linux.
import { readFileSync } from 'node:fs';

/** Their numbers. */
export function availableCores() {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  return list.split(',').flatMap(range => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Options for fork(), so that the process and its children run on the first `cores` cores; all of them if undefined. */
export function boundTo(cores) {
  if (cores === undefined) return {};
  const list = availableCores().slice(0, cores).join(',');
  return { execPath: 'taskset', execArgv: ['--cpu-list', list, process.execPath] };
}
