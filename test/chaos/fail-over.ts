// Jobs run while a master is killed and its replica takes over, under Sentinel and in a cluster.
import { Redis } from 'ioredis';
import { ClusterFixture } from './cluster';
import { drill, type DrillOutcome, type Subject } from './drill';
import { kMaster } from '../support/sentinel';
import { killMaster, startSentinels } from './sentinel';

const work = { jobs: 50_000, patience: 120_000 };

export async function sentinelFailOver(subject: Subject): Promise<DrillOutcome> {
  const set = await startSentinels();
  const connection = { sentinels: set.addresses, name: kMaster };
  const client = new Redis({ ...connection, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  try {
    const troubles = [{ name: 'fail-over', trouble: () => killMaster(set) }];
    return await drill({ subject, client, worker: { connection }, ...work, troubles });
  } finally {
    client.disconnect();
    await set.stop();
  }
}

export async function clusterFailOver(subject: Subject): Promise<DrillOutcome> {
  const fixture = await ClusterFixture.start();
  const prefix = '{drill}';
  try {
    const troubles = [{ name: 'fail-over', trouble: () => fixture.failOver(prefix) }];
    const worker = { cluster: fixture.addresses };
    return await drill({ subject, client: fixture.client, prefix, worker, ...work, troubles });
  } finally {
    await fixture.stop();
  }
}
