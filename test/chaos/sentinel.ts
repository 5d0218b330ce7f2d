// A master, a replica and three sentinels that watch them.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '../support/redis';
import { waitFor } from '../support/wait';
import { freePort } from './free-port';
import { caughtUp } from './replication';

export const kMaster = 'mymaster';
/** Of three. */
const kQuorum = 2;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class SentinelFixture {
  private constructor(
    readonly master: RedisServer,
    readonly replica: RedisServer,
    readonly sentinels: { host: string; port: number }[],
    private readonly processes: ChildProcess[],
    private readonly folder: string,
  ) {}

  static async start(): Promise<SentinelFixture> {
    const durable = ['--appendonly', 'yes', '--repl-diskless-sync-delay', '0'];
    const master = await startRedis({ args: durable });
    const replica = await startRedis({ args: [...durable, '--replicaof', master.host, String(master.port)] });
    const linked = async () => /master_link_status:up/.test(String(await replica.cli('INFO', 'replication')));
    await waitFor(linked, { what: 'the replica to follow its master' });
    const folder = mkdtempSync(join(tmpdir(), 'aurochs-sentinel-'));
    const ports = [await freePort(), await freePort(), await freePort()];
    const processes = ports.map(port => {
      const file = join(folder, `${port}.conf`);
      writeFileSync(
        file,
        [
          ...[`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`],
          `sentinel monitor ${kMaster} ${master.host} ${master.port} ${kQuorum}`,
          ...[`sentinel down-after-milliseconds ${kMaster} 500`, `sentinel failover-timeout ${kMaster} 3000`, ''],
        ].join('\n'),
      );
      const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
      running.add(child);
      return child;
    });
    const sentinels = ports.map(port => ({ host: '127.0.0.1', port }));
    const fixture = new SentinelFixture(master, replica, sentinels, processes, folder);
    await Promise.all(ports.map(port => knowsAll(port)));
    return fixture;
  }

  /** @returns once the replica has taken over */
  async failOver(): Promise<void> {
    await caughtUp(this.master, this.replica);
    await this.master.kill('SIGKILL');
    const promoted = async () => /role:master/.test(String(await this.replica.cli('INFO', 'replication')));
    await waitFor(promoted, { what: 'the replica to take over' });
  }

  async stop(): Promise<void> {
    for (const child of this.processes) {
      child.kill('SIGKILL');
      running.delete(child);
    }
    await Promise.all([this.master.stop(), this.replica.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The sentinel has heard of the replica and of the two other sentinels. */
async function knowsAll(port: number): Promise<void> {
  const client = new Redis(port, '127.0.0.1');
  client.on('error', () => undefined);
  try {
    await waitFor(
      async () => {
        const info = String(await client.info('sentinel').catch(() => ''));
        return /slaves=1,sentinels=3/.test(info);
      },
      { what: 'the sentinels to know each other' },
    );
  } finally {
    client.disconnect();
  }
}
