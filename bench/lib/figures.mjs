// What the measured processes have used between two looks.

const sum = values => values.reduce((total, value) => total + value, 0);

/**
 * @param before, after what each process answered to 'begin' and 'end'
 * @returns µs of CPU for each job, bytes, and the event loop's delay in ms, the worst of the processes'
 */
export function figuresOf(before, after, jobs) {
  const used = name => sum(after.map((usage, i) => usage[name] - before[i][name]));
  return {
    clientCpu: used('cpu') / jobs,
    mainCpu: used('mainCpu') / jobs,
    memory: sum(after.map(({ memory }) => memory)),
    loopDelay: Math.max(...after.map(({ loopDelay }) => loopDelay)),
  };
}
