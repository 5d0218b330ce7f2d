// A throw-away redis-server for one test file: free port, own folder, no persistence, loopback only.
// It dies with the test process, even when nobody calls stop().
import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { sleep, waitFor } from './wait';

export interface StartRedisOptions {
  /** Listen on a unix socket as well; `RedisServer.path` is then set. */
  unixSocket?: boolean;
  /** Password of the default user (`requirepass`). */
  password?: string;
  /** ACL users, in `redis.conf` syntax after the word `user`: `"bob on >secret ~* &* +@all"`. */
  users?: string[];
  /** Further command-line arguments of redis-server, such as `['--maxmemory', '10mb']`. */
  args?: string[];
}

/** What `connection` of a queue or worker takes. */
export interface RedisConnectionOptions {
  host: string;
  port: number;
  password?: string;
  [key: string]: unknown;
}

const running = new Set<RedisServer>();
process.once('exit', () => {
  for (const server of running) server.killNow();
});

export class RedisServer {
  readonly host = '127.0.0.1';
  readonly path?: string;
  readonly connection: RedisConnectionOptions;
  private process?: ChildProcess;
  private shared?: Redis;
  private output = '';

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly options: StartRedisOptions,
  ) {
    if (options.unixSocket) this.path = join(folder, 'redis.sock');
    this.connection = { host: this.host, port };
    if (options.password) this.connection.password = options.password;
  }

  static async start(options: StartRedisOptions = {}): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'aurochs-redis-'));
    // Another process may take the port between our look and redis-server's bind: then look again.
    for (let attempt = 1; ; attempt++) {
      const server = new RedisServer(await freePort(), folder, options);
      try {
        await server.launch();
        return server;
      } catch (error) {
        if (attempt === 5 || !/already in use/i.test(String(error))) throw error;
      }
    }
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** One ioredis client for the test's own look-ups; closed by `stop()`. */
  client(): Redis {
    this.shared ??= this.connect();
    return this.shared;
  }

  /** A new ioredis client; the caller closes it. */
  connect(extra: RedisOptions = {}): Redis {
    const client = new Redis({ ...this.connection, maxRetriesPerRequest: null, ...extra });
    client.on('error', () => undefined); // the tests stop servers on purpose
    return client;
  }

  /** One command, as redis-cli would send it: `await server.cli('LLEN', 'bull:q:wait')`. */
  cli(...command: (string | number)[]): Promise<unknown> {
    const [name, ...rest] = command;
    return this.client().call(String(name), ...rest.map(String));
  }

  /** Sends a signal and, unless the signal only pauses or continues the server, waits until it has gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.process;
    if (!child) return;
    const gone = signal === 'SIGSTOP' || signal === 'SIGCONT' ? undefined : exited(child);
    child.kill(signal);
    await gone;
  }

  /** Kills the server if it still runs, and starts it again on the same port: empty, unless it was told to save. */
  async restart(): Promise<void> {
    await this.kill();
    await this.launch();
  }

  async stop(): Promise<void> {
    this.shared?.disconnect();
    this.shared = undefined;
    await this.kill();
    running.delete(this);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Synchronous, for the exit of the process. */
  killNow(): void {
    this.process?.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async launch(): Promise<void> {
    const { password, users = [], args = [] } = this.options;
    const child = spawn(
      'redis-server',
      [
        ...['--port', String(this.port), '--bind', this.host, '--dir', this.folder],
        ...['--save', '', '--appendonly', 'no', '--daemonize', 'no'],
        ...(this.path ? ['--unixsocket', this.path] : []),
        ...(password ? ['--requirepass', password] : []),
        ...users.flatMap(user => ['--user', ...user.split(' ')]),
        ...args,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.process = child;
    running.add(this);
    this.output = '';
    const collect = (chunk: Buffer) => (this.output += chunk.toString());
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    // A test that forgets stop() must not keep Jest from ending.
    child.unref();
    for (const stream of [child.stdout, child.stderr]) (stream as unknown as { unref?(): void })?.unref?.();
    await waitFor(() => this.output.includes('eady to accept connections') || child.exitCode !== null, {
      what: 'redis-server to accept connections',
      interval: 5,
    });
    if (child.exitCode !== null) {
      running.delete(this);
      throw new Error(`redis-server ended with code ${child.exitCode}: ${this.output}`);
    }
  }
}

/** Starts a throw-away redis-server and resolves when it accepts connections. */
export function startRedis(options?: StartRedisOptions): Promise<RedisServer> {
  return RedisServer.start(options);
}

/** Version of the installed redis-server, as `[major, minor, patch]`. */
export function redisVersion(): Promise<number[]> {
  return new Promise((resolve, reject) => {
    execFile('redis-server', ['--version'], (error, stdout) => {
      if (error) reject(error);
      else resolve((/v=(\d+)\.(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number));
    });
  });
}

/** A port that nobody listens on, for now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>(resolve => server.close(() => resolve()));
  await sleep(0);
  return port;
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise(resolve => child.once('exit', () => resolve()));
}
