// The package in two worker threads; one is terminated in the middle of its jobs, the other goes on.
import { fileURLToPath } from 'node:url';
import { Worker as Thread } from 'node:worker_threads';
import { Queue } from 'bullmq';
import { input, say, sleep } from '../programs/child.mjs';

const { connection, queue: name, rounds } = input;
const open = suffix => new Queue(`${name}-${suffix}`, { connection });
const doomed = { inline: open('doomed-inline'), native: open('doomed-native') };
const surviving = { inline: open('inline'), native: open('native') };
const body = fileURLToPath(new URL('../programs/thread.mjs', import.meta.url));
const start = ({ inline, native }, symbol) =>
  new Thread(body, { workerData: { inline: inline.name, native: native.name, symbol } });
const jobs = (count, name) => Array.from({ length: count }, () => ({ name, data: { ms: 2 } }));

const survivor = start(surviving, 'nap_for');
for (let round = 1; round <= rounds; round++) {
  // Some that never end, and many that come and go at the very moment.
  await doomed.inline.addBulk([...jobs(2, 'endless'), ...jobs(2000, 'short')]);
  await doomed.native.addBulk(jobs(2, 'endless'));
  const victim = start(doomed, 'until_cancelled');
  while ((await doomed.inline.getCompletedCount()) === 0 || (await doomed.native.getActiveCount()) === 0)
    await sleep(5);
  for (const queue of Object.values(surviving)) await queue.addBulk(jobs(4, 'short'));
  await victim.terminate();
  for (const queue of Object.values(surviving)) while ((await queue.getCompletedCount()) < 4 * round) await sleep(5);
  for (const queue of Object.values(doomed)) await queue.obliterate({ force: true });
}
survivor.postMessage('close');
const code = await new Promise(resolve => survivor.once('exit', resolve));
await Promise.all([...Object.values(doomed), ...Object.values(surviving)].map(queue => queue.close()));
say('done', { rounds, code });
