// A Redis Cluster of three masters, whose slots can be moved.
import { Cluster, type ClusterOptions } from 'ioredis';
import { freePort, startRedis, type RedisServer } from './redis';
import { waitFor } from './wait';

const kMasters = 3;
const kSlots = 16_384;

export class RedisCluster {
  private constructor(readonly nodes: RedisServer[]) {}

  static async start(): Promise<RedisCluster> {
    const nodes: RedisServer[] = [];
    const buses: number[] = [];
    for (let i = 0; i < kMasters; i++) {
      buses.push(await freePort());
      // Redis's default, port + 10000, may be no port.
      const bus = ['--cluster-port', String(buses[i])];
      nodes.push(await startRedis({ args: ['--cluster-enabled', 'yes', ...bus] }));
      const [from, to] = [i, i + 1].map(each => Math.floor((each * kSlots) / kMasters));
      await nodes[i].cli('CLUSTER', 'ADDSLOTSRANGE', from, to - 1);
      await nodes[i].cli('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
    }
    await Promise.all(nodes.map((node, i) => nodes[0].cli('CLUSTER', 'MEET', node.host, node.port, buses[i])));
    const whole = async (node: RedisServer) =>
      /cluster_state:ok[^]*cluster_known_nodes:3/.test(String(await node.cli('CLUSTER', 'INFO')));
    await Promise.all(nodes.map(node => waitFor(() => whole(node), { what: 'the cluster to be whole' })));
    return new RedisCluster(nodes);
  }

  /** A new client; the caller closes it. */
  connect(options: ClusterOptions = {}, nodes: RedisServer[] = this.nodes): Cluster {
    const client = new Cluster(
      nodes.map(({ host, port }) => ({ host, port })),
      { clusterRetryStrategy: () => 100, ...options },
    );
    client.on('error', () => undefined); // the tests stop servers on purpose
    return client;
  }

  async slotOf(key: string): Promise<number> {
    return Number(await this.nodes[0].cli('CLUSTER', 'KEYSLOT', key));
  }

  /** The node that serves a key, by what the node itself says. */
  async nodeOf(key: string): Promise<RedisServer> {
    for (const node of this.nodes) {
      const served = await node.cli('EXISTS', key).then(
        () => true,
        () => false,
      );
      if (served) return node;
    }
    throw new Error(`no node serves ${key}`);
  }

  /** Moves a key's slot, with all that is in it, to another node. */
  async move(key: string, to: RedisServer): Promise<void> {
    const [slot, from] = [await this.slotOf(key), await this.nodeOf(key)];
    const [fromId, toId] = await Promise.all([from, to].map(node => node.cli('CLUSTER', 'MYID')));
    await to.cli('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(fromId));
    await from.cli('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(toId));
    for (;;) {
      const keys = (await from.cli('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[];
      if (keys.length === 0) break;
      await from.cli('MIGRATE', to.host, to.port, '', 0, 5000, 'KEYS', ...keys);
    }
    await to.cli('CLUSTER', 'SETSLOT', slot, 'NODE', String(toId));
    await Promise.all(this.nodes.map(node => node.cli('CLUSTER', 'SETSLOT', slot, 'NODE', String(toId))));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(node => node.stop()));
  }
}
