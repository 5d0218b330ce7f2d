// What networks do to connections, for a FaultProxy.
import type { Direction, Fault, Link } from './fault-proxy-link';

/** Nobody listens, and who was connected is cut off. */
export const refuse = (): Fault => ({ refuses: true, begin: link => link.cut() });

/** Every connection is reset, new ones too. */
export const reset = (): Fault => ({ begin: link => link.reset() });

/** Every connection there is ends at once; new ones are well. */
export const cutOnce = (how: 'cut' | 'reset' = 'cut'): Fault => ({
  begin: (link, fresh) => {
    if (!fresh) link[how]();
  },
});

/** Redis has gone without a word: what the client says disappears, and nothing is closed, ever. */
export const halfOpen = (): Fault => ({ lasting: true, begin: link => link.redis.destroy(), onBytes: () => undefined });

/** Both sides believe that they are connected, and neither hears anything, ever. */
export const blackHole = (): Fault => ({ lasting: true, onBytes: () => undefined });

/** What is said in one direction disappears; the other one works. */
export const deaf = (direction: Direction): Fault => ({
  lasting: true,
  onBytes: (link, way, bytes) => {
    if (way !== direction) link.pass(way, bytes);
  },
});

/** Everything is held back, and arrives when healed: a network that is away for less than TCP takes to give up. */
export const hold = (): Fault => ({ onBytes: (link, way, bytes) => link.pass(way, bytes, Infinity) });

/** @param ms each way */
export const latency = (ms: number): Fault => ({ onBytes: (link, way, bytes) => link.pass(way, bytes, ms) });

/** One byte at a time. */
export const trickle = (): Fault => ({
  onBytes: (link, way, bytes) => {
    // With the delay that makes even the first one wait its turn.
    for (let i = 0; i < bytes.length; i++) link.pass(way, bytes.subarray(i, i + 1), 0.01);
  },
});

/** Each connection is cut in the middle of its replies, after so many bytes of them. */
export function truncate(bytes: number): Fault {
  const left = new WeakMap<Link, number>();
  return {
    onBytes: (link, way, chunk) => {
      if (way === 'toRedis') return link.pass(way, chunk);
      const rest = left.get(link) ?? bytes;
      if (chunk.length < rest) {
        left.set(link, rest - chunk.length);
        return link.pass(way, chunk);
      }
      link.pass(way, chunk.subarray(0, rest));
      link.client.end();
      link.redis.destroy();
    },
  };
}

/** These bytes instead of what Redis answers. */
export const garbage = (bytes: Buffer): Fault => ({
  onBytes: (link, way, chunk) => link.pass(way, way === 'toClient' ? bytes : chunk),
});

/** These bytes although nobody has asked for them, once on each connection there is; then all is well. */
export const unasked = (bytes: Buffer): Fault => ({
  begin: (link, fresh) => {
    if (!fresh) link.pass('toClient', bytes);
  },
});

export type Cut = 'before' | 'after';

/** Cuts connections at calls of one script: before Redis has them, or once their reply is there. */
export class ScriptCuts implements Fault {
  /** Calls of the script that were seen. */
  calls = 0;
  cuts = 0;
  private readonly cutting = new WeakSet<Link>();

  /** @param sha1 of the script; @param plan what to do with call n, counted from 1 */
  constructor(
    private readonly sha1: string,
    private readonly plan: (call: number) => Cut | undefined,
  ) {}

  onBytes(link: Link, direction: Direction, bytes: Buffer): void {
    if (this.cutting.has(link)) {
      if (direction === 'toRedis') link.pass(direction, bytes);
      else link.cut();
      return;
    }
    // A call may come in pieces: its SHA-1 is at its beginning, and nearly always in one.
    if (direction === 'toRedis' && bytes.includes(this.sha1)) {
      const how = this.plan(++this.calls);
      if (how) this.cuts++;
      if (how === 'before') return link.cut();
      if (how === 'after') this.cutting.add(link);
    }
    link.pass(direction, bytes);
  }
}
