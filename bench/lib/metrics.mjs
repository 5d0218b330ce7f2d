// What can be measured: how it is called in tables and charts, how it is written, and whether more of it is better.

const whole = value => Math.round(value).toLocaleString('en-US');
const decimal = value => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : whole(value));
const micros = value => (value < 100 ? value.toFixed(1) : whole(value));
const percent = value => `${(value * 100).toFixed(0)} %`;

export const metrics = {
  jobsPerSecond: { heading: 'jobs/s', title: 'jobs a second', ratio: 'speed', format: whole, more: true },
  efficiency: { heading: 'of the ideal', title: 'share of the ideal', format: percent, more: true },
  clientCpu: {
    heading: 'client µs/job',
    title: 'CPU of the worker’s process, µs a job',
    ratio: 'client CPU',
    format: micros,
  },
  mainCpu: {
    heading: 'main thread µs/job',
    title: 'CPU of the main thread, µs a job',
    ratio: 'main thread',
    format: micros,
  },
  redisCpu: { heading: 'Redis µs/job', title: 'CPU of Redis, µs a job', ratio: 'Redis CPU', format: micros },
  memory: {
    heading: 'MB',
    title: 'private memory, MB',
    ratio: 'memory',
    format: bytes => whole(bytes / 1e6),
    scale: 1e-6,
  },
  loopDelay: {
    heading: 'loop delay p99 ms',
    title: 'delay of the event loop, p99, ms',
    ratio: 'loop delay',
    format: decimal,
  },
  httpP50: { heading: 'HTTP p50 ms', title: 'HTTP answer, p50, ms', ratio: 'HTTP p50', format: decimal },
  httpP99: { heading: 'HTTP p99 ms', title: 'HTTP answer, p99, ms', ratio: 'HTTP p99', format: decimal },
  pickupP50: { heading: 'pickup p50 ms', title: 'pickup, p50, ms', ratio: 'pickup p50', format: decimal },
  pickupP99: { heading: 'pickup p99 ms', title: 'pickup, p99, ms', ratio: 'pickup p99', format: decimal },
};

/** What a figure looks like in a table; a dash where nothing was measured. */
export const show = (name, value) => (Number.isFinite(value) ? metrics[name].format(value) : '–');

/** How many times as good as another's. */
export const times = ratio => (Number.isFinite(ratio) ? `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1)} ×` : '–');
