// Passes what comes to a TCP port on to a unix socket, from within another network namespace.
import { connect, createServer } from 'node:net';

const [, , host, port, path] = process.argv;
const server = createServer(client => {
  const redis = connect(path);
  for (const [from, to] of [
    [client, redis],
    [redis, client],
  ]) {
    from.setNoDelay?.(true);
    from.on('error', () => to.destroy());
    from.pipe(to);
  }
});
server.listen(Number(port), host, () => console.log('listening'));
