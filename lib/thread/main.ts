/**
 * The entry of a JavaScript thread: loads the processor's file and takes a seat at the native loop.
 * It must not load BullMQ, which would cost each thread some megabytes.
 */
import { parentPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { addon, useAddonAt } from '../binding';
import { listen } from '../engine/inbox';
import { errorToJson } from '../threads/error-json';
import { JobRunner } from './job-runner';
import { loadProcessor } from './load-processor';

/** The one message that the main thread sends. */
interface Init {
  aurochs: 'init';
  /** Where the addon is that the main thread has loaded. */
  addon: string;
  /** The name of the threads' group at the native loop. */
  group: string;
  thread: number;
  /** `file:` URL of the processor. */
  file: string;
}

/** How long what the user's code has left open may keep a stopped thread alive, ms. */
const LINGER_MS = 100;

function waitForInit(port: MessagePort): void {
  const onMessage = (message: unknown) => {
    const init = message as Init | null;
    if (init?.aurochs !== 'init') return;
    // Without a listener the port doesn't keep the thread alive any more.
    port.off('message', onMessage);
    start(init).then(
      () => port.postMessage({ aurochs: 'ready' }),
      (error: unknown) => {
        port.postMessage({ aurochs: 'failed', error: errorToJson(error) });
        process.exit(1);
      },
    );
  };
  port.on('message', onMessage);
}

async function start({ addon: path, group, thread, file }: Init): Promise<void> {
  useAddonAt(path);
  const processor = await loadProcessor(file);
  // An idle thread has nothing else that keeps it alive.
  const alive = setInterval(() => {}, 2 ** 31 - 1);
  const seat = new (addon().NativeSeat)(group, thread);
  const runner = new JobRunner(seat, processor, () => {
    unlisten();
    clearInterval(alive);
    setTimeout(() => process.exit(0), LINGER_MS).unref();
  });
  const unlisten = listen(seat.number, event => runner.onEvent(event));
}

if (!parentPort) throw new Error('aurochs: thread/main.js is the entry of a worker thread');
waitForInit(parentPort);
