// Stands between clients and Redis, and does to their connections what networks do: see fault-proxy-faults.ts.
import { connect, createServer, type AddressInfo } from 'node:net';
import { Link, type Fault } from './fault-proxy-link';

export type LinkFilter = (link: Link) => boolean;

export class FaultProxy {
  readonly links = new Set<Link>();
  /** Connections that were accepted, in all. */
  accepted = 0;
  private fault?: Fault;
  private filter: LinkFilter = () => true;
  private port = 0;
  private readonly server = createServer(client => this.accept(new Link(client, connect(this.target))));

  constructor(private readonly target: { host: string; port: number }) {}

  /** @returns where it listens: the connection options of who shall go through it. */
  async open(): Promise<{ host: string; port: number }> {
    await new Promise<void>(resolve => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return { host: '127.0.0.1', port: this.port };
  }

  /** From now on, for the connections that `filter` accepts: those there are, and new ones. */
  inject(fault: Fault, filter: LinkFilter = () => true): void {
    this.fault = fault;
    this.filter = filter;
    if (fault.refuses) this.server.close();
    for (const link of this.links) this.subject(link, false);
  }

  async heal(): Promise<void> {
    this.fault = undefined;
    for (const link of this.links) link.heal();
    if (!this.server.listening) await this.open();
  }

  async close(): Promise<void> {
    for (const link of this.links) link.drop();
    if (this.server.listening) await new Promise(resolve => this.server.close(resolve));
  }

  private accept(link: Link): void {
    this.accepted++;
    this.links.add(link);
    link.client.on('close', () => this.links.delete(link));
    this.subject(link, true);
  }

  private subject(link: Link, fresh: boolean): void {
    if (!this.fault || !this.filter(link)) return;
    link.fault = this.fault;
    this.fault.begin?.(link, fresh);
  }
}
