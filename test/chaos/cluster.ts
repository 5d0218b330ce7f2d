// A Redis Cluster: three masters, each with a replica.
import { Cluster } from 'ioredis';
import { startRedis, type RedisServer } from '../support/redis';
import { waitFor } from '../support/wait';
import { freePort } from './free-port';
import { caughtUp } from './replication';

const kMasters = 3;
const kSlots = 16384;

export class ClusterFixture {
  private constructor(
    readonly nodes: RedisServer[],
    readonly client: Cluster,
  ) {}

  static async start(): Promise<ClusterFixture> {
    const buses: number[] = [];
    const nodes: RedisServer[] = [];
    for (let i = 0; i < 2 * kMasters; i++) {
      buses.push(await freePort());
      const cluster = [
        '--cluster-enabled',
        'yes',
        '--cluster-node-timeout',
        '1000',
        '--cluster-port',
        String(buses[i]),
      ];
      nodes.push(await startRedis({ args: [...cluster, '--appendonly', 'yes', '--repl-diskless-sync-delay', '0'] }));
    }
    const [first] = nodes;
    const ids = await Promise.all(nodes.map(node => node.cli('CLUSTER', 'MYID') as Promise<string>));
    await Promise.all(nodes.map((node, i) => first.cli('CLUSTER', 'MEET', node.host, node.port, buses[i])));
    const met = async (node: RedisServer) => {
      const known = String(await node.cli('CLUSTER', 'NODES'));
      return ids.every(id => known.includes(id));
    };
    await Promise.all(nodes.map(node => waitFor(() => met(node), { what: 'the nodes to meet' })));
    for (let i = 0; i < kMasters; i++) {
      const [from, to] = [i, i + 1].map(each => Math.floor((each * kSlots) / kMasters));
      await nodes[i].cli('CLUSTER', 'ADDSLOTSRANGE', from, to - 1);
      await nodes[i + kMasters].cli('CLUSTER', 'REPLICATE', ids[i]);
    }
    const whole = async (node: RedisServer) => /cluster_state:ok/.test(String(await node.cli('CLUSTER', 'INFO')));
    await Promise.all(nodes.map(node => waitFor(() => whole(node), { what: 'the cluster to be whole' })));
    const linked = async (node: RedisServer) => /link_status:up/.test(String(await node.cli('INFO', 'replication')));
    await Promise.all(nodes.slice(kMasters).map(node => waitFor(() => linked(node), { what: 'replicas to follow' })));
    const client = new Cluster(
      nodes.map(({ host, port }) => ({ host, port })),
      { redisOptions: { maxRetriesPerRequest: null }, clusterRetryStrategy: () => 100 },
    );
    client.on('error', () => undefined);
    return new ClusterFixture(nodes, client);
  }

  get addresses(): { host: string; port: number }[] {
    return this.nodes.map(({ host, port }) => ({ host, port }));
  }

  /** Kills the master of a key's slot. @returns once its replica has taken over */
  async failOver(key: string): Promise<void> {
    const slot = Number(await this.nodes[0].cli('CLUSTER', 'KEYSLOT', key));
    const master = Math.floor((slot * kMasters) / kSlots);
    const replica = this.nodes[master + kMasters];
    await caughtUp(this.nodes[master], replica);
    await this.nodes[master].kill('SIGKILL');
    const promoted = async () =>
      /role:master/.test(String(await replica.cli('INFO', 'replication'))) &&
      /cluster_state:ok/.test(String(await replica.cli('CLUSTER', 'INFO')));
    await waitFor(promoted, { what: 'the replica to take over' });
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await Promise.all(this.nodes.map(node => node.stop()));
  }
}
