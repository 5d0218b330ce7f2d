// Data of 1 KB to 1 MB, which the processor returns: each byte crosses the wire and the threads twice.
import { processor } from '../lib/processor.mjs';

const rows = new Map();

/** An array of small objects, of about this many bytes as JSON. */
function rowsOf(bytes) {
  if (!rows.has(bytes)) {
    const row = i => ({ id: i, name: `row ${i}`, tags: ['a', 'b'], value: i / 7, note: 'some text about this row' });
    const size = JSON.stringify(row(1000)).length + 1;
    rows.set(
      bytes,
      Array.from({ length: Math.max(1, Math.round(bytes / size)) }, (_, i) => row(i)),
    );
  }
  return rows.get(bytes);
}

export default {
  name: 'payload',
  title: 'Data and results of 1 KB to 1 MB',
  order: 8,
  caseHeading: 'size',
  ...processor('echo'),
  data: (i, { bytes }) => ({ i, rows: rowsOf(bytes) }),
  jobs: 4000,
  cases: [
    { label: '1 KB', x: 1e3, bytes: 1e3 },
    { label: '100 KB', x: 1e5, bytes: 1e5, share: 1 / 10, warmUp: 100 },
    { label: '1 MB', x: 1e6, bytes: 1e6, share: 1 / 80, warmUp: 20 },
  ],
  peers: ['bullmq-inline', 'bullmq-threads', 'aurochs-inline', 'aurochs-threads', 'aurochs-native'],
  columns: ['jobsPerSecond', 'clientCpu', 'mainCpu', 'redisCpu', 'memory'],
  ratios: ['jobsPerSecond', 'clientCpu', 'redisCpu', 'memory'],
  chart: { lines: { log: true, title: 'bytes' }, log: true, metrics: ['jobsPerSecond', 'clientCpu'] },
};
