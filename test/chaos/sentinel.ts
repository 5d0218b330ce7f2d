// Fail-over by three Sentinels.
import { SentinelSet } from '../support/sentinel';
import { waitFor } from '../support/wait';
import { caughtUp } from './replication';

export const startSentinels = (): Promise<SentinelSet> =>
  SentinelSet.start({
    servers: { args: ['--appendonly', 'yes'] },
    ...{ count: 3, quorum: 2, downAfter: 500, failoverTimeout: 3000 },
  });

/** @returns once the replica has taken over */
export async function killMaster({ master, replica }: SentinelSet): Promise<void> {
  await caughtUp(master, replica);
  await master.kill('SIGKILL');
  const promoted = async () => /role:master/.test(String(await replica.cli('INFO', 'replication')));
  await waitFor(promoted, { what: 'the replica to take over' });
}
