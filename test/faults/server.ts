// What Redis servers do, and those who run them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startRedis, type RedisServer } from '../support/redis';
import { waitFor } from '../support/wait';
import type { FaultCase, Stage } from './stage';

const lost = 'EOF|ECONNRESET|EPIPE|ECONNREFUSED|ETIMEDOUT|ENOTCONN';
const oneOf = (codes: string) => new RegExp(`^(${lost}|${codes})$|^(${codes}) `);
const admin = { server: { args: ['--enable-debug-command', 'yes'] } };
const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
// It answers LOADING for a while.
const slow = ['--key-load-delay', '100', '--loading-process-events-interval-bytes', '1024'];

async function kill(stage: Stage, which: (cmd: string) => boolean): Promise<void> {
  const clients = (await stage.clients()).filter(({ cmd }) => which(cmd));
  await Promise.all(clients.map(({ id }) => stage.server.cli('CLIENT', 'KILL', 'ID', id)));
}

/** The user that the workers log in as, while the test has all rights. */
const kUser = 'worker';
const kRights = ['on', '>secret', '~*', '&*', '+@all'];
const asUser = {
  server: { users: [`${kUser} ${kRights.join(' ')}`] },
  connection: { username: kUser, password: 'secret' },
};
const setUser = (server: RedisServer, ...rules: string[]) => server.cli('ACL', 'SETUSER', kUser, ...rules);
const waiting = (cmd: string) => cmd === 'bzpopmin';

export const serverFaults: Record<string, FaultCase> = {
  'CLIENT KILL of all': { inject: stage => kill(stage, () => true), errors: oneOf('EOF') },
  'CLIENT KILL of those that wait': { inject: stage => kill(stage, waiting), errors: oneOf('EOF'), quiet: true },
  'CLIENT KILL of those that don’t': { inject: stage => kill(stage, cmd => !waiting(cmd)), errors: oneOf('EOF') },
  'CLIENT PAUSE': { inject: ({ server }) => server.cli('CLIENT', 'PAUSE', 800), lasts: 900 },
  'CLIENT PAUSE of writes': { inject: ({ server }) => server.cli('CLIENT', 'PAUSE', 800, 'WRITE'), lasts: 900 },
  'DEBUG SLEEP': { ...admin, inject: ({ server }) => server.cli('DEBUG', 'SLEEP', 0.8) },
  'SCRIPT FLUSH': { inject: ({ server }) => server.cli('SCRIPT', 'FLUSH') },
  'CLIENT UNBLOCK with an error': {
    inject: async ({ server, clients }) => {
      const blocked = (await clients()).filter(({ cmd }) => waiting(cmd));
      await Promise.all(blocked.map(({ id }) => server.cli('CLIENT', 'UNBLOCK', id, 'ERROR')));
    },
    errors: oneOf('UNBLOCKED'),
    quiet: true,
  },
  'the master becomes a replica for a while': {
    inject: async stage => {
      const master = await startRedis();
      // Its data stay: the other one never gets to send its own.
      await master.kill('SIGSTOP');
      await stage.server.cli('REPLICAOF', master.host, master.port);
      cleanups.set(stage, master);
    },
    heal: async stage => {
      await stage.server.cli('REPLICAOF', 'NO', 'ONE');
      await cleanups.get(stage)?.stop();
    },
    errors: oneOf('READONLY|UNBLOCKED'),
  },
  'Redis is out of memory for a while': {
    inject: ({ server }) => server.cli('CONFIG', 'SET', 'maxmemory', 1),
    heal: ({ server }) => server.cli('CONFIG', 'SET', 'maxmemory', 0),
    errors: oneOf('OOM'),
    // A script that has freed something may go on: batches complete and fetch together.
    quiet: true,
  },
  'the user loses all rights for a while': {
    ...asUser,
    inject: ({ server }) => setUser(server, '-@all'),
    heal: ({ server }) => setUser(server, '+@all'),
    errors: oneOf('NOPERM'),
  },
  'the user may call no scripts for a while': {
    ...asUser,
    inject: ({ server }) => setUser(server, '-@scripting'),
    heal: ({ server }) => setUser(server, '+@scripting'),
    errors: oneOf('NOPERM'),
  },
  'the user may not wait for a while': {
    ...asUser,
    inject: async stage => {
      await setUser(stage.server, '-bzpopmin');
      await kill(stage, waiting);
    },
    heal: ({ server }) => setUser(server, '+bzpopmin'),
    errors: oneOf('NOPERM'),
    quiet: true,
  },
  'the user may touch no keys for a while': {
    ...asUser,
    inject: ({ server }) => setUser(server, 'resetkeys'),
    heal: ({ server }) => setUser(server, '~*'),
    errors: oneOf('NOPERM'),
  },
  'the user is removed, and made again': {
    ...asUser,
    inject: ({ server }) => server.cli('ACL', 'DELUSER', kUser),
    heal: ({ server }) => setUser(server, ...kRights),
    errors: oneOf('WRONGPASS'),
  },
  'the user is switched off for a while': {
    ...asUser,
    inject: async stage => {
      await setUser(stage.server, 'off');
      await kill(stage, () => true);
    },
    heal: ({ server }) => setUser(server, 'on'),
    errors: oneOf('WRONGPASS'),
  },
  'the password is changed, and changed back': {
    ...asUser,
    inject: async stage => {
      await setUser(stage.server, 'resetpass', '>other');
      await kill(stage, () => true);
    },
    heal: ({ server }) => setUser(server, 'resetpass', '>secret'),
    errors: oneOf('WRONGPASS'),
  },
  'a password is wanted all of a sudden': {
    inject: async stage => {
      // The test's own connections are logged in already, as the default user without a password.
      await stage.server.cli('CONFIG', 'SET', 'requirepass', 'new');
      await kill(stage, () => true);
    },
    heal: ({ server }) => server.cli('CONFIG', 'SET', 'requirepass', ''),
    errors: oneOf('NOAUTH'),
  },
  'Redis can’t save, and takes no writes': {
    server: { args: ['--save', '3600 1000000'] },
    inject: ({ server }) => failToSave(server),
    heal: ({ server }) => server.cli('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no'),
    errors: oneOf('MISCONF'),
  },
  'a script keeps Redis busy': {
    ...admin,
    inject: async ({ server }) => {
      await server.cli('CONFIG', 'SET', 'busy-reply-threshold', 50);
      const other = server.connect({ maxRetriesPerRequest: 0 });
      other
        .eval('while true do end', 0)
        .catch(() => undefined)
        .finally(() => other.disconnect());
      await waitFor(() => busy(server), { what: 'the script to keep Redis busy' });
    },
    heal: async ({ server }) => {
      await server.cli('SCRIPT', 'KILL');
      // The script ends a little after the OK.
      await waitFor(async () => !(await busy(server)), { what: 'the script to end' });
    },
    errors: oneOf('BUSY'),
  },
  'the server is killed, and starts again': {
    server: { args: durable },
    inject: ({ server }) => server.kill('SIGKILL'),
    heal: ({ server }) => server.restart(),
    errors: oneOf('LOADING'),
  },
  'the server is shut down, and starts again': {
    server: { args: [...durable, ...slow] },
    inject: ({ server }) => server.kill('SIGTERM'),
    heal: ({ server }) => server.restart(),
    errors: oneOf('LOADING'),
  },
  'the server stops and goes on': {
    inject: ({ server }) => server.kill('SIGSTOP'),
    heal: ({ server }) => server.kill('SIGCONT'),
    lasts: 1000,
  },
};

/** Of one stage: a server beside. */
const cleanups = new WeakMap<Stage, RedisServer>();

/** A script runs there, and has done so for too long. */
function busy(server: RedisServer): Promise<boolean> {
  return server.cli('PING').then(
    () => false,
    error => String(error).includes('BUSY'),
  );
}

async function failToSave(server: RedisServer): Promise<void> {
  const [, folder] = (await server.cli('CONFIG', 'GET', 'dir')) as string[];
  // Where the file should be.
  mkdirSync(join(folder, 'dump.rdb'));
  await server.cli('BGSAVE');
  const failed = async () => /rdb_last_bgsave_status:err/.test(String(await server.cli('INFO', 'persistence')));
  await waitFor(failed, { what: 'BGSAVE to fail' });
}
