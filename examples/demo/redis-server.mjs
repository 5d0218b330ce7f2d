// A throw-away redis-server on a unix socket: no port, no persistence. It ends with this process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * @param folder where the socket goes
 * @returns what `connection` of a queue or worker takes, and a function that ends the server
 */
export async function startRedis(folder) {
  const path = join(folder, 'redis.sock');
  const args = ['--port', '0', '--unixsocket', path, '--dir', folder, '--save', '', '--appendonly', 'no'];
  // In a process group of its own, so that Ctrl-C reaches this process alone, which then ends the server.
  const server = spawn('redis-server', args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  // Clients would wait for ever for a server that is gone.
  const gone = (code, signal) => {
    throw new Error(`redis-server ended too early: ${signal ?? code}`);
  };

  await new Promise((ready, fail) => {
    let output = '';
    server.once('error', fail);
    server.once('exit', code => fail(new Error(`redis-server ended with ${code}:\n${output}`)));
    server.stdout.on('data', chunk => {
      output += chunk;
      if (output.includes('ready to accept connections')) ready();
    });
  });
  server.once('exit', gone);

  return {
    connection: { path },
    async stop() {
      process.off('exit', kill);
      server.off('exit', gone);
      const ended = once(server, 'exit');
      kill();
      await ended;
    },
  };
}
