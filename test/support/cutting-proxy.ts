// Stands between a client and Redis, and cuts connections at calls of one script: before Redis has them, or once
// their reply is there.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Cut = 'before' | 'after';

export class CuttingProxy {
  /** Calls of the script that were seen. */
  calls = 0;
  cuts = 0;
  /** What to do with call n, counted from 1. */
  plan: (call: number) => Cut | undefined = () => undefined;

  private readonly sockets = new Set<Socket>();
  private readonly server = createServer(client => this.accept(client));

  /** @param sha1 - of the script. */
  constructor(
    private readonly target: { host: string; port: number },
    private readonly sha1: string,
  ) {}

  async open(): Promise<{ host: string; port: number }> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
    return { host: '127.0.0.1', port: (this.server.address() as AddressInfo).port };
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise(resolve => this.server.close(resolve));
  }

  private accept(client: Socket): void {
    const redis = connect(this.target);
    let cutting = false;
    const cut = () => {
      client.destroy();
      redis.destroy();
    };
    for (const socket of [client, redis]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', cut);
      socket.on('close', () => {
        this.sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (bytes: Buffer) => {
      // A call may come in pieces: its SHA-1 is at its beginning, and nearly always in one.
      if (!cutting && bytes.includes(this.sha1)) {
        const how = this.plan(++this.calls);
        if (how) this.cuts++;
        if (how === 'before') return cut();
        cutting = how === 'after';
      }
      redis.write(bytes);
    });
    redis.on('data', (bytes: Buffer) => {
      if (cutting) cut();
      else client.write(bytes);
    });
  }
}
