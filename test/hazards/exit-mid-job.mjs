// process.exit() while an inline and a native job run that would never end by themselves.
import { Queue } from 'bullmq';
import { input, native, say, sleep, subject } from '../programs/child.mjs';

const { connection, queue: name } = input;
const endless = () => new Promise(() => undefined);
for (const [suffix, processor] of Object.entries({ inline: endless, native: native('until_cancelled', endless) })) {
  const queue = new Queue(`${name}-${suffix}`, { connection });
  await queue.add('job', {});
  new subject.Worker(queue.name, processor, { connection });
  while ((await queue.getActiveCount()) === 0) await sleep(5);
}
say('running');
process.exit(0);
