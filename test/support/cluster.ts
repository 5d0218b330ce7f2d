// A Redis Cluster of three masters, each with a replica when wanted, whose slots can be moved.
import { Cluster, type ClusterOptions } from 'ioredis';
import { freePort, startRedis, type RedisServer } from './redis';
import { waitFor } from './wait';

const kMasters = 3;
const kSlots = 16_384;

export interface StartClusterOptions {
  /** One for each master. */
  replicas?: boolean;
  /** Further ones of each server. */
  args?: string[];
}

export class RedisCluster {
  /** @param replicas - `replicas[i]` is `nodes[i]`'s, at first. */
  private constructor(
    readonly nodes: RedisServer[],
    readonly replicas: RedisServer[],
  ) {}

  static async start({ replicas = false, args = [] }: StartClusterOptions = {}): Promise<RedisCluster> {
    const all: RedisServer[] = [];
    const buses: number[] = [];
    for (let i = 0; i < (replicas ? 2 : 1) * kMasters; i++) {
      buses.push(await freePort());
      // Redis's default, port + 10000, may be no port.
      const bus = ['--cluster-port', String(buses[i])];
      all.push(await startRedis({ args: ['--cluster-enabled', 'yes', ...bus, ...args] }));
    }
    const nodes = all.slice(0, kMasters);
    for (let i = 0; i < kMasters; i++) {
      const [from, to] = [i, i + 1].map(each => Math.floor((each * kSlots) / kMasters));
      await nodes[i].cli('CLUSTER', 'ADDSLOTSRANGE', from, to - 1);
      await nodes[i].cli('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
    }
    await Promise.all(all.map((node, i) => nodes[0].cli('CLUSTER', 'MEET', node.host, node.port, buses[i])));
    const state = new RegExp(`cluster_state:ok[^]*cluster_known_nodes:${all.length}\\b`);
    const whole = async (node: RedisServer) => state.test(String(await node.cli('CLUSTER', 'INFO')));
    await Promise.all(all.map(node => waitFor(() => whole(node), { what: 'the cluster to be whole' })));
    const cluster = new RedisCluster(nodes, all.slice(kMasters));
    await Promise.all(cluster.replicas.map((node, i) => follow(node, nodes[i])));
    return cluster;
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
    await Promise.all([...this.nodes, ...this.replicas].map(node => node.stop()));
  }
}

/** @returns once the node has its master's data */
async function follow(node: RedisServer, master: RedisServer): Promise<void> {
  await node.cli('CLUSTER', 'REPLICATE', String(await master.cli('CLUSTER', 'MYID')));
  const linked = async () => /link_status:up/.test(String(await node.cli('INFO', 'replication')));
  await waitFor(linked, { what: 'replicas to follow' });
}
