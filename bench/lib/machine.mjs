// What the figures were measured on.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, totalmem, type } from 'node:os';

const require = createRequire(import.meta.url);
const version = name => JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')).version;

export function describeMachine() {
  const redis = /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1];
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: Number(loadavg()[0].toFixed(2)),
    system: `${type()} ${process.arch}`,
    node: process.version,
    redis,
    bullmq: version('bullmq'),
    aurochs: JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version,
  };
}

export function machineLines(machine) {
  return [
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.system}, load before the run ${machine.load}`,
    `Node ${machine.node}, Redis ${machine.redis} on the same machine over TCP, BullMQ ${machine.bullmq}, Aurochs ${machine.aurochs}`,
  ];
}
