// A master, a replica, and Sentinels that watch them.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, startRedis, type RedisServer, type StartRedisOptions } from './redis';
import { waitFor } from './wait';

export const kMaster = 'mymaster';

export interface StartSentinelOptions {
  /** Of the servers. */
  servers?: StartRedisOptions;
  /** Further lines of the Sentinels' configuration. */
  lines?: string[];
  /** What one must give to be heard by a Sentinel. */
  password?: string;
  /** How many Sentinels; default: 2. */
  count?: number;
  /** How many of them are enough for a vote; default: 1, so that tests needn't wait. */
  quorum?: number;
  /** In ms; default: 2000. */
  downAfter?: number;
  /** In ms; default: 5000. */
  failoverTimeout?: number;
}

export class SentinelSet {
  private readonly folder = mkdtempSync(join(tmpdir(), 'aurochs-sentinel-'));
  private readonly processes: ChildProcess[] = [];
  readonly addresses: { host: string; port: number }[] = [];
  private clients: Redis[] = [];

  private constructor(
    readonly master: RedisServer,
    readonly replica: RedisServer,
    private readonly options: StartSentinelOptions,
  ) {
    // A test file that ends without stop() leaves nothing behind.
    process.once('exit', () => this.killNow());
  }

  static async start(options: StartSentinelOptions = {}): Promise<SentinelSet> {
    const { servers = {} } = options;
    const args = [...(servers.args ?? []), '--repl-diskless-sync-delay', '0'];
    const master = await startRedis({ ...servers, args });
    const auth = servers.password ? ['--masterauth', servers.password] : [];
    const replicaof = [...auth, '--replicaof', master.host, String(master.port)];
    const replica = await startRedis({ ...servers, args: [...args, ...replicaof] });
    const linked = async () => /master_link_status:up/.test(String(await replica.cli('INFO', 'replication')));
    await waitFor(linked, { what: 'the replica to follow its master' });
    const set = new SentinelSet(master, replica, options);
    const { count = 2 } = options;
    for (let i = 0; i < count; i++) await set.add();
    // Their vote is that of those who know each other.
    const met = new RegExp(`slaves=1,sentinels=${count}\\b`);
    const know = async (client: Redis) => met.test(await client.info('sentinel'));
    await Promise.all(
      set.clients.map(client => waitFor(() => know(client), { what: 'the Sentinels to know each other' })),
    );
    return set;
  }

  /** Has the Sentinels make the replica the master, and the master a replica. */
  async failOver(): Promise<void> {
    // A Sentinel refuses while it hasn't yet heard from the replica.
    await waitFor(
      () =>
        this.clients[0].call('SENTINEL', 'FAILOVER', kMaster).then(
          () => true,
          () => false,
        ),
      { what: 'a Sentinel to begin the failover' },
    );
    const role = async (server: RedisServer, name: string) =>
      String(await server.cli('INFO', 'replication')).includes(`role:${name}`);
    await waitFor(() => role(this.replica, 'master'), { what: 'the replica to take over' });
    await waitFor(() => role(this.master, 'slave'), { what: 'the old master to follow' });
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.disconnect();
    this.killNow();
    await Promise.all([this.master.stop(), this.replica.stop()]);
  }

  private killNow(): void {
    for (const child of this.processes) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async add(): Promise<void> {
    const port = await freePort();
    const file = join(this.folder, `${port}.conf`);
    const { servers, lines = [], password, quorum = 1, downAfter = 2000, failoverTimeout = 5000 } = this.options;
    const configuration = [
      ...[`port ${port}`, 'bind 127.0.0.1', `dir ${this.folder}`, ...lines],
      ...(password ? [`requirepass ${password}`, `sentinel sentinel-pass ${password}`] : []),
      `sentinel monitor ${kMaster} ${this.master.host} ${this.master.port} ${quorum}`,
      `sentinel down-after-milliseconds ${kMaster} ${downAfter}`,
      `sentinel failover-timeout ${kMaster} ${failoverTimeout}`,
      ...(servers?.password ? [`sentinel auth-pass ${kMaster} ${servers.password}`] : []),
    ];
    writeFileSync(file, `${configuration.join('\n')}\n`);
    this.processes.push(spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' }));
    const client = new Redis(port, '127.0.0.1', { password, retryStrategy: () => 20, maxRetriesPerRequest: null });
    client.on('error', () => undefined); // it is starting
    await waitFor(async () => /slaves=1/.test(await client.info('sentinel')), {
      what: 'a Sentinel to know the replica',
    });
    this.clients.push(client);
    this.addresses.push({ host: '127.0.0.1', port });
  }
}
