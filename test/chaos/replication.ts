// How far a replica is behind its master.
import type { RedisServer } from '../support/redis';
import { waitFor } from '../support/wait';

async function offset(server: RedisServer): Promise<number> {
  return Number(/master_repl_offset:(\d+)/.exec(String(await server.cli('INFO', 'replication')))?.[1]);
}

/**
 * The replica has all that its master has now. What comes after that may be lost with the master, as Redis's replication
 * has it: a job may then run again, but it is there.
 */
export async function caughtUp(master: RedisServer, replica: RedisServer): Promise<void> {
  const now = await offset(master);
  await waitFor(async () => (await offset(replica)) >= now, { what: 'the replica to catch up', interval: 1 });
}
