// close() of workers whose server does not answer: at once, a little later, by force, and after waitUntilReady().
import { input, nap, say, sleep, subject } from '../programs/child.mjs';

const { connection, queue } = input;
const open = processor => {
  const worker = new subject.Worker(queue, processor, { connection });
  worker.on('error', () => undefined);
  return worker;
};
const closings = {
  'at once': async worker => worker.close(),
  'a little later': async worker => {
    await sleep(150);
    await worker.close();
  },
  'by force': async worker => {
    await sleep(50);
    await worker.close(true);
  },
  twice: async worker => {
    await sleep(100);
    await Promise.all([worker.close(), worker.close(true)]);
  },
};
await Promise.all(
  Object.entries(closings).map(async ([how, close]) => {
    for (const processor of [async () => undefined, nap()]) await close(open(processor));
    say('closed', { how });
  }),
);
