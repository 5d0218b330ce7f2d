// The process that is measured: workers and nothing else. `measure.mjs` starts it and tells it what to do, one command at
// a time; it answers each with `{ value }`.
import { queuesOf } from './fixture.mjs';
import { startLoopDelay } from './loop-delay.mjs';
import { load } from './plug-ins.mjs';
import { cpuTime, privateMemory } from './usage.mjs';

const { peer: peerName, scenario: scenarioName, setting, connection, library } = JSON.parse(process.argv[2]);
const peer = await load('peers', peerName);
const scenario = await load('scenarios', scenarioName);

function create(queue) {
  const options = { connection, concurrency: setting.concurrency, autorun: false };
  const worker = peer.create(queue, scenario, options, library);
  worker.on('error', error => {
    throw error;
  });
  return worker;
}

let workers;
let loopDelay;

const commands = {
  async start() {
    workers = queuesOf(setting).flatMap(queue => Array.from({ length: setting.workers }, () => create(queue)));
    await Promise.all(workers.map(worker => worker.waitUntilReady()));
    for (const worker of workers) worker.run();
  },
  cpu: () => cpuTime().cpu,
  /** The measurement begins. */
  async begin() {
    if (scenario.columns?.includes('loopDelay')) loopDelay = startLoopDelay();
    return cpuTime();
  },
  /** For peers without a queue: works this many jobs, and says how long they took in ms. */
  drive: jobs => workers[0].drive(jobs),
  /** It ends. */
  async end() {
    return { ...cpuTime(), loopDelay: loopDelay?.p99(), memory: privateMemory() };
  },
  /** Starts an HTTP server beside the workers; answers with its port. */
  async serve() {
    const { startHttpServer } = await import('./http-server.mjs');
    return startHttpServer();
  },
};

process.on('message', async ({ command, argument }) => process.send({ value: await commands[command](argument) }));
process.once('disconnect', () => process.exit());
process.send({ value: 'ready' });
