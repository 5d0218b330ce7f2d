// Many jobs while the network and the server fail at random, for one subject after the other.
import { FaultProxy } from '../support/fault-proxy';
import { startRedis } from '../support/redis';
import { drill, type DrillOutcome, type Subject } from './drill';
import { randomFrom } from './random';
import { troublesFrom } from './troubles';

export interface FaultChaos {
  subject: Subject;
  seed: number;
  jobs: number;
  /** How many troubles, and how many of them are kills of the server. */
  count: number;
  kills: number;
}

export async function faultChaos({ subject, seed, jobs, count, kills }: FaultChaos): Promise<DrillOutcome> {
  const server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  const proxy = new FaultProxy({ host: server.host, port: server.port });
  try {
    const connection = { ...(await proxy.open()), connectTimeout: 1000 };
    const troubles = troublesFrom(randomFrom(seed), { server, proxy }, { count, kills });
    return await drill({ subject, client: server.client(), worker: { connection }, jobs, troubles });
  } finally {
    await proxy.close();
    await server.stop();
  }
}
