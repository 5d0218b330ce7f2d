// Fail-over in a cluster whose masters have a replica each.
import type { Cluster } from 'ioredis';
import { RedisCluster } from '../support/cluster';
import type { RedisServer } from '../support/redis';
import { waitFor } from '../support/wait';
import { caughtUp } from './replication';

export class ClusterFixture {
  private constructor(
    private readonly cluster: RedisCluster,
    readonly client: Cluster,
  ) {}

  static async start(): Promise<ClusterFixture> {
    const args = ['--cluster-node-timeout', '1000', '--appendonly', 'yes', '--repl-diskless-sync-delay', '0'];
    const cluster = await RedisCluster.start({ replicas: true, args });
    return new ClusterFixture(cluster, cluster.connect({ redisOptions: { maxRetriesPerRequest: null } }));
  }

  get addresses(): { host: string; port: number }[] {
    return [...this.cluster.nodes, ...this.cluster.replicas].map(({ host, port }) => ({ host, port }));
  }

  /** Kills the master of a key's slot. @returns once its replica has taken over */
  async failOver(key: string): Promise<void> {
    const master = await this.cluster.nodeOf(key);
    const replica = this.cluster.replicas[this.cluster.nodes.indexOf(master)];
    await caughtUp(master, replica);
    await master.kill('SIGKILL');
    await waitFor(() => promoted(replica), { what: 'the replica to take over' });
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.cluster.stop();
  }
}

const promoted = async (replica: RedisServer) =>
  /role:master/.test(String(await replica.cli('INFO', 'replication'))) &&
  /cluster_state:ok/.test(String(await replica.cli('CLUSTER', 'INFO')));
