// What workers that have nothing to do cost Redis: connections, and commands per minute.
import { fixtures } from '../support/compile';
import { uniqueName } from '../support/queue';
import { startRedis, type RedisServer } from '../support/redis';
import { sleep } from '../support/wait';
import { Child } from '../support-child';
import type { Subject } from './drill';

export interface IdleOutcome {
  title: string;
  workers: number;
  connections: number;
  /** Of all workers together, by name, those of scripts' insides among them. */
  commands: Record<string, number>;
  /** What clients have sent. */
  perMinute: number;
}

/** They have settled: what is said at the start is over. */
const kSettle = 3000;

export async function idle(subject: Subject, workers: number, ms: number): Promise<IdleOutcome> {
  const server = await startRedis();
  const queues = Array.from({ length: workers }, () => uniqueName('idle'));
  const library = subject.native ? fixtures() : undefined;
  const input = { subject: subject.name, connection: server.connection, queues, library };
  const child = new Child('chaos/idle-worker.mjs', input);
  try {
    await child.message('working');
    await sleep(kSettle);
    await server.cli('CONFIG', 'RESETSTAT');
    await sleep(ms);
    const commands = await calls(server);
    const clients = String(await server.cli('CLIENT', 'LIST'))
      .trim()
      .split('\n');
    // Without the test's own connection and what it has said.
    const sent = ['evalsha', 'eval', 'bzpopmin', 'ping', 'get', 'script|load', 'zadd', 'client|setname', 'info'];
    const minutes = ms / 60_000;
    const perMinute = sent.reduce((sum, name) => sum + (commands[name] ?? 0), 0) / minutes;
    return { title: subject.title, workers, connections: clients.length - 1, commands, perMinute };
  } finally {
    child.kill('SIGKILL');
    await child.exited;
    await server.stop();
  }
}

async function calls(server: RedisServer): Promise<Record<string, number>> {
  const stats = String(await server.cli('INFO', 'commandstats'));
  const all = [...stats.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)].map(
    ([, name, count]) => [name, Number(count)] as const,
  );
  return Object.fromEntries(all.filter(([name]) => name !== 'config|resetstat'));
}
