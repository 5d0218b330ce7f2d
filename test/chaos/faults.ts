// Many jobs while the network and the server fail at random, for one subject after the other.
import { FaultProxy } from '../support/fault-proxy';
import { startRedis } from '../support/redis';
import { sleep } from '../support/wait';
import { Cable } from './cable';
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

/** @returns the outcome, or the reason why there is none */
export async function cablePulled(subject: Subject, ms: number): Promise<DrillOutcome | string> {
  const cable = new Cable();
  const reason = cable.lay();
  if (reason) return reason;
  const server = await startRedis({ unixSocket: true });
  try {
    // ioredis takes commandTimeout for waiting commands too: not for BullMQ.
    const limits = subject.name === 'aurochs' ? { commandTimeout: 2000 } : {};
    const connection = { ...(await cable.open(server.path!)), connectTimeout: 1000, ...limits };
    const trouble = async () => {
      cable.pull();
      await sleep(ms);
      cable.plug();
    };
    const troubles = [{ name: 'cable pulled', trouble }];
    // Locks that last longer than the cable is away: no job is worked twice.
    const options = { lockDuration: 4 * ms };
    const worker = { connection, options };
    return await drill({ subject, client: server.client(), worker, jobs: 3000, troubles, patience: 60_000 });
  } finally {
    await server.stop();
    cable.remove();
  }
}
