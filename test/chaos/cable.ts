// A cable that can be pulled: a relay to Redis in a network namespace of its own, at the other end of a veth pair.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const kPort = 6379;
const [kHere, kThere, kNobody] = ['02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:03'];

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

export class Cable {
  private relay?: ChildProcess;
  private readonly id = process.pid % 10_000;
  private readonly namespace = `aurochs-${this.id}`;
  private readonly here = `au${this.id}a`;
  private readonly there = `au${this.id}b`;
  private readonly net = `10.213.${this.id % 250}`;

  /** @returns why there can be no cable here, if so */
  lay(): string | undefined {
    if (process.getuid?.() !== 0) return 'only root may lay a cable (network namespaces)';
    try {
      ip('netns', 'add', this.namespace);
      ip('link', 'add', this.here, 'type', 'veth', 'peer', 'name', this.there, 'netns', this.namespace);
      ip('addr', 'add', `${this.net}.1/30`, 'dev', this.here);
      ip('-n', this.namespace, 'addr', 'add', `${this.net}.2/30`, 'dev', this.there);
      ip('link', 'set', this.here, 'address', kHere, 'up');
      ip('-n', this.namespace, 'link', 'set', this.there, 'address', kThere, 'up');
      this.plug();
      return undefined;
    } catch (error) {
      this.remove();
      return `no network namespaces here: ${String((error as Error).message)}`;
    }
  }

  /** @param path of Redis's unix socket @returns where to connect */
  async open(path: string): Promise<{ host: string; port: number }> {
    const host = `${this.net}.2`;
    const relay = [process.execPath, join(__dirname, 'relay.mjs'), host, String(kPort), path];
    this.relay = spawn('ip', ['netns', 'exec', this.namespace, ...relay], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(this.relay.stdout!, 'data');
    return { host, port: kPort };
  }

  /** Every packet of either side goes to a card that isn't there; nobody is told. */
  pull(): void {
    this.neighbour([this.here, `${this.net}.2`], kNobody);
    this.neighbour(['-n', this.namespace, this.there, `${this.net}.1`], kNobody);
  }

  plug(): void {
    this.neighbour([this.here, `${this.net}.2`], kThere);
    this.neighbour(['-n', this.namespace, this.there, `${this.net}.1`], kHere);
  }

  /** @param where the device and the address that it looks for, behind the options that lead to them */
  private neighbour(where: string[], hardware: string): void {
    const [device, address] = where.slice(-2);
    const options = where.slice(0, -2);
    ip(...options, 'neigh', 'replace', address, 'lladdr', hardware, 'dev', device, 'nud', 'permanent');
  }

  remove(): void {
    this.relay?.kill('SIGKILL');
    for (const args of [
      ['link', 'del', this.here],
      ['netns', 'del', this.namespace],
    ]) {
      try {
        ip(...args);
      } catch {
        // There is none.
      }
    }
  }
}
