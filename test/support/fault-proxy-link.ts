// One connection through a FaultProxy: two sockets, and a lane for the bytes of each direction.
import type { Socket } from 'node:net';

export type Direction = 'toRedis' | 'toClient';

/** What happens to connections while it is injected. */
export interface Fault {
  /** Connections are refused while it lasts. */
  readonly refuses?: boolean;
  /** What it has done to a connection is not undone by healing. */
  readonly lasting?: boolean;
  /** A connection comes under it; `fresh` ones are made while it lasts. */
  begin?(link: Link, fresh: boolean): void;
  /** Bytes come by; without this they pass. */
  onBytes?(link: Link, direction: Direction, bytes: Buffer): void;
}

/** Bytes on their way in one direction, in order, however late. */
class Lane {
  private readonly waiting: { bytes: Buffer; at: number }[] = [];
  private timer?: NodeJS.Timeout | NodeJS.Immediate;

  constructor(private readonly to: Socket) {}

  push(bytes: Buffer, delay = 0): void {
    if (delay === 0 && this.waiting.length === 0) return this.write(bytes);
    this.waiting.push({ bytes, at: Date.now() + delay });
    this.arm();
  }

  /** All that waits goes now. */
  flush(): void {
    this.disarm();
    for (const { bytes } of this.waiting.splice(0)) this.write(bytes);
  }

  drop(): void {
    this.disarm();
    this.waiting.length = 0;
  }

  private arm(): void {
    if (this.timer || this.waiting.length === 0 || this.waiting[0].at === Infinity) return;
    const delay = this.waiting[0].at - Date.now();
    const go = () => {
      this.timer = undefined;
      const first = this.waiting.shift();
      if (first) this.write(first.bytes);
      this.arm();
    };
    // One at a time, so that they don't travel together.
    this.timer = delay > 0 ? setTimeout(go, delay) : setImmediate(go);
  }

  private disarm(): void {
    clearTimeout(this.timer as NodeJS.Timeout);
    clearImmediate(this.timer as NodeJS.Immediate);
    this.timer = undefined;
  }

  private write(bytes: Buffer): void {
    if (this.to.writable) this.to.write(bytes);
  }
}

export class Link {
  /** By what was said on it: waits for markers, or calls scripts. */
  role: 'blocking' | 'commands' | 'other' = 'other';
  fault?: Fault;
  private readonly lanes: Record<Direction, Lane>;

  constructor(
    readonly client: Socket,
    readonly redis: Socket,
  ) {
    this.lanes = { toRedis: new Lane(redis), toClient: new Lane(client) };
    for (const socket of [client, redis]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined); // its close follows
    }
    client.on('data', (bytes: Buffer) => {
      if (bytes.includes('BZPOPMIN')) this.role = 'blocking';
      else if (this.role === 'other' && bytes.includes('EVALSHA')) this.role = 'commands';
      this.take('toRedis', bytes);
    });
    redis.on('data', (bytes: Buffer) => this.take('toClient', bytes));
    client.on('close', () => redis.destroy());
    redis.on('close', () => {
      if (!this.fault?.lasting) client.destroy();
    });
  }

  /** On their way, after all that is before them; never as long as nothing is healed when `delay` is Infinity. */
  pass(direction: Direction, bytes: Buffer, delay = 0): void {
    this.lanes[direction].push(bytes, delay);
  }

  cut(): void {
    this.client.destroy();
    this.redis.destroy();
  }

  /** The client gets a RST. */
  reset(): void {
    this.client.resetAndDestroy();
    this.redis.destroy();
  }

  heal(): void {
    if (this.fault?.lasting) return;
    this.fault = undefined;
    for (const lane of Object.values(this.lanes)) lane.flush();
  }

  drop(): void {
    for (const lane of Object.values(this.lanes)) lane.drop();
    this.cut();
  }

  private take(direction: Direction, bytes: Buffer): void {
    if (this.fault?.onBytes) this.fault.onBytes(this, direction, bytes);
    else this.pass(direction, bytes);
  }
}
