// An HTTP server that has next to nothing to do, in the measured process.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** @returns its port */
export async function startHttpServer() {
  const server = createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return server.address().port;
}
