// What befalls a worker in the long run, at random: its network and its server.
import { type FaultProxy } from '../support/fault-proxy';
import * as faults from '../support/fault-proxy-faults';
import type { Fault } from '../support/fault-proxy-link';
import type { RedisServer } from '../support/redis';
import { sleep } from '../support/wait';
import type { Trouble } from './drill';
import { pick, type Random } from './random';

/** @param kills how often the server is killed, in equal distances; everything else is drawn */
export function troublesFrom(
  random: Random,
  { server, proxy }: { server: RedisServer; proxy: FaultProxy },
  { count, kills }: { count: number; kills: number },
): { name: string; trouble: Trouble }[] {
  const noise = Buffer.from(Array.from({ length: 48 }, () => Math.floor(random() * 256)));
  const while_ = (fault: () => Fault) => async (ms: number) => {
    proxy.inject(fault());
    await sleep(ms);
    await proxy.heal();
  };
  const killAll = async () => {
    await server.cli('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes').catch(() => undefined);
  };
  const network: Record<string, (ms: number) => Promise<void>> = {
    'connections refused': while_(faults.refuse),
    'connections reset': while_(faults.reset),
    'connections closed once': while_(faults.cutOnce),
    'all held up': while_(faults.hold),
    '100 ms each way': while_(() => faults.latency(100)),
    'replies cut in the middle': while_(() => faults.truncate(1000 + Math.floor(random() * 5000))),
    'garbage instead of replies': while_(() => faults.garbage(noise)),
    'CLIENT KILL': killAll,
    'CLIENT PAUSE': async ms => {
      await server.cli('CLIENT', 'PAUSE', ms);
      await sleep(ms);
    },
    'SCRIPT FLUSH': async () => void (await server.cli('SCRIPT', 'FLUSH')),
    'server stopped and continued': async ms => {
      await server.kill('SIGSTOP');
      await sleep(ms);
      await server.kill('SIGCONT');
    },
  };
  const kill = async (ms: number) => {
    await server.kill('SIGKILL');
    await sleep(ms);
    await server.restart();
  };
  return Array.from({ length: count }, (_, i) => {
    const isKill = Math.floor(((i + 1) * kills) / count) > Math.floor((i * kills) / count);
    const name = isKill ? 'kill -9, restart' : pick(random, Object.keys(network));
    const run = isKill ? kill : network[name];
    const [after, lasts] = [random() * 100, 200 + Math.floor(random() * 600)];
    return {
      name,
      trouble: async () => {
        await sleep(after);
        await run(lasts);
      },
    };
  });
}
