// A redis-server of our own on a free port of the loopback, with the data of a snapshot; it ends with this process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
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

/**
 * @param folder where the snapshot lies or will lie
 * @param snapshot its file name; loaded if it is there, written by `SAVE` alone
 */
export async function startRedis(folder, snapshot) {
  const data = ['--dir', folder, '--dbfilename', snapshot, '--save', '', '--appendonly', 'no'];
  const port = await freePort();
  const { server, kill } = await launch(['--bind', '127.0.0.1', '--port', String(port), ...data]);
  // Clients would wait for ever for a server that is gone.
  const gone = (code, signal) => {
    throw new Error(`redis-server ended too early: ${signal ?? code}`);
  };
  server.once('exit', gone);
  const connection = { host: '127.0.0.1', port };
  const client = new Redis({ ...connection, maxRetriesPerRequest: null });

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
    },
  };
}
