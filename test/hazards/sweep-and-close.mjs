// startStalledCheckTimer() by hand, before and while the worker runs, and then close(): the process ends by itself.
import { input, say, subject } from '../programs/child.mjs';

const { connection, queue } = input;
const open = (processor, options = {}) =>
  new subject.Worker(queue, processor, { connection, drainDelay: 1, ...options });
const processor = async () => undefined;

const manual = open(null);
await manual.startStalledCheckTimer();
await manual.close();
say('closed', { which: 'without a processor' });

const idle = open(processor, { autorun: false });
await idle.waitUntilReady();
await idle.startStalledCheckTimer();
await idle.close();
say('closed', { which: 'that never ran' });

const running = open(processor, { autorun: false });
await running.startStalledCheckTimer();
void running.run();
await running.startStalledCheckTimer();
await running.waitUntilReady();
await running.startStalledCheckTimer();
await running.close();
say('closed', { which: 'that ran' });

const paused = open(processor);
await paused.waitUntilReady();
await paused.pause();
await paused.startStalledCheckTimer();
await paused.close();
say('closed', { which: 'that was paused' });
