// A redis-server of our own on a free port of the loopback, with the data of a snapshot; it ends with this process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts the process; resolves when it accepts connections. */
async function launch(args) {
  const server = spawn('redis-server', args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  await new Promise((ready, fail) => {
    let output = '';
    server.once('error', fail);
    server.once('exit', code => fail(new Error(`redis-server ended with ${code}:\n${output}`)));
    server.stdout.on('data', chunk => {
      output += chunk;
      if (output.includes('eady to accept connections')) ready();
    });
  });
  return { server, kill };
}

/** Turns the AOF on, and waits until the snapshot's data stand in it. */
async function startAof(client, fsync) {
  await client.config('SET', 'appendfsync', fsync);
  await client.config('SET', 'appendonly', 'yes');
  while (!/aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/.test(await client.info('persistence')))
    await sleep(20);
}

/**
 * @param folder where the snapshot lies or will lie
 * @param snapshot its file name; loaded if it is there, written by `SAVE` alone
 * @param options.aof with an AOF, and how often it is synced: `everysec` or `always`
 */
export async function startRedis(folder, snapshot, { aof } = {}) {
  const port = await freePort();
  const aofFolder = `aof-${port}`;
  const data = ['--dir', folder, '--dbfilename', snapshot, '--appenddirname', aofFolder, '--save', ''];
  const { server, kill } = await launch(['--bind', '127.0.0.1', '--port', String(port), ...data, '--appendonly', 'no']);
  // Clients would wait for ever for a server that is gone.
  const gone = (code, signal) => {
    throw new Error(`redis-server ended too early: ${signal ?? code}`);
  };
  server.once('exit', gone);
  const connection = { host: '127.0.0.1', port };
  const client = new Redis({ ...connection, maxRetriesPerRequest: null });
  if (aof) await startAof(client, aof);

  return {
    connection,
    client,
    /** Its CPU time since it started, user and system, in µs. */
    async cpu() {
      const info = await client.info('cpu');
      const seconds = name => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)[1]);
      return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6;
    },
    async stop() {
      client.disconnect();
      process.off('exit', kill);
      server.off('exit', gone);
      const ended = once(server, 'exit');
      kill();
      await ended;
      if (aof) rmSync(join(folder, aofFolder), { recursive: true, force: true });
    },
  };
}
