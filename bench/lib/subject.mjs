// The process that is measured: one worker and nothing else. `measure.mjs` starts it and tells it what to do.
// Messages: 'warm-up' → { done }, 'run' → { started }, 'usage' → what it has used.
import { measuredQueue, warmUpQueue } from './fixture.mjs';
import { load } from './plug-ins.mjs';
import { usage } from './usage.mjs';

const { peerName, scenarioName, concurrency, connection, library } = JSON.parse(process.argv[2]);
const peer = await load('peers', peerName);
const scenario = await load('scenarios', scenarioName);

function create(queue) {
  const worker = peer.create(queue, scenario, { connection, concurrency, autorun: false }, library);
  worker.on('error', error => {
    throw error;
  });
  return worker;
}

let worker;
const commands = {
  async warmUp() {
    worker = create(warmUpQueue);
    worker.run();
  },
  /** Ends the warm-up, gets the measured worker ready, and starts it as the last thing. */
  async run() {
    await worker.close();
    worker = create(measuredQueue);
    await worker.waitUntilReady();
    const before = usage();
    worker.run();
    return before;
  },
  async usage() {
    return usage();
  },
};

process.on('message', async command => process.send({ value: await commands[command]() }));
process.once('disconnect', () => process.exit());
process.send({ value: 'ready' });
