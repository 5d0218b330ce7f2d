// What networks do.
import * as faults from '../support/fault-proxy-faults';
import type { Fault, Link } from '../support/fault-proxy-link';
import type { FaultCase } from './stage';

const lost = /^(EOF|ECONNRESET|EPIPE|ECONNREFUSED|ETIMEDOUT|ENOTCONN|ECONNABORTED)$/;
// BullMQ's own connection on the main thread, for what is rare, has ioredis's words for it.
const timedOut = /^(ETIMEDOUT|Command timed out)$/;
const noProtocol = /does not speak Redis's protocol|^Protocol error/;
/** Random, but the same for everyone. */
const noise = Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 167 + 13) % 256));

const through = (fault: () => Fault, rest: Partial<FaultCase> = {}): FaultCase => ({
  inject: ({ proxy }) => proxy.inject(fault()),
  errors: lost,
  ...rest,
});

const throughOne = (role: Link['role'], fault: () => Fault, rest: Partial<FaultCase> = {}): FaultCase => ({
  inject: ({ proxy }) => proxy.inject(fault(), link => link.role === role),
  errors: lost,
  ...rest,
});

/** Who is told what nobody asked for can't know what the next reply belongs to: the connection must go. */
function unasked(reply: string): FaultCase {
  let hit: Link[] = [];
  return {
    inject: ({ proxy }) => {
      hit = [...proxy.links].filter(({ role }) => role === 'commands');
      proxy.inject(faults.unasked(Buffer.from(reply)), link => hit.includes(link));
    },
    check: ({ proxy }) => hit.filter(link => proxy.links.has(link)).map(() => 'a connection out of step is still used'),
    errors: /./,
  };
}

export const networkFaults: Record<string, FaultCase> = {
  'connections are refused': through(faults.refuse),
  'connections are reset, again and again': through(faults.reset),
  'connections are reset once': through(() => faults.cutOnce('reset')),
  'connections are closed once': through(faults.cutOnce),
  'the connection that waits is closed': throughOne('blocking', faults.cutOnce, { quiet: true }),
  'the connections of commands are closed': throughOne('commands', faults.cutOnce),
  'Redis has gone, and nobody says so': through(faults.halfOpen, { errors: timedOut }),
  'Redis has gone for the connection that waits': throughOne('blocking', faults.halfOpen, {
    ...{ errors: timedOut, quiet: true },
  }),
  'a black hole': through(faults.blackHole, { errors: timedOut }),
  'nothing comes back': through(() => faults.deaf('toClient'), { errors: timedOut }),
  'nothing arrives': through(() => faults.deaf('toRedis'), { errors: timedOut }),
  'all is held up for a while': through(faults.hold, { errors: undefined, lasts: 1000 }),
  '500 ms each way': through(() => faults.latency(500), { errors: undefined, lasts: 2500 }),
  'one byte at a time': through(faults.trickle, { errors: undefined, lasts: 1000 }),
  'replies are cut in the middle': through(() => faults.truncate(777)),
  'garbage comes back': through(() => faults.garbage(noise), { errors: noProtocol }),
  'replies that nobody has asked for': unasked('+OK\r\n'),
  'answers to other questions': unasked('*2\r\n$1\r\na\r\n:7\r\n'),
};
