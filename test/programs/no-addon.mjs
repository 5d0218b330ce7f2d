// Uses what needs the addon, where there is none, in this thread and then in another; tells what came of it, and what
// was warned of.
import { isMainThread, Worker as Thread } from 'node:worker_threads';
import { input, next, say, subject } from './child.mjs';

const { connection, queue, file, library, requireLate } = input;
process.on('warning', ({ name, code, message }) => say('warning', { name, code, message }));

const attempt = (what, body) => {
  try {
    body();
    say(what, {});
  } catch (error) {
    say(what, { message: error.message });
  }
};

if (!isMainThread) {
  const worker = new subject.Worker(queue, async () => 1, { connection });
  say('in a thread', { engine: worker.engine });
  await worker.close();
  process.exit();
}

attempt('native', () => subject.native(library));
attempt('pool.stats', () => subject.pool.stats());
attempt('pool.configure', () => subject.pool.configure({ threads: 1 }));

if (requireLate) {
  process.env.AUROCHS_REQUIRE_NATIVE = '1';
  attempt('Worker', () => new subject.Worker(queue, async () => 1, { connection }));
} else {
  const inline = new subject.Worker(queue, async job => job.data.n * 2, { connection });
  const inFile = new subject.Worker(`${queue}-file`, file, { connection, useWorkerThreads: true });
  for (const worker of [inline, inFile]) worker.on('error', error => say('error', { message: error.message }));
  const add = async name => {
    const jobs = new subject.Queue(name, { connection });
    await jobs.add('job', { n: 21, value: 21 });
    await jobs.close();
  };
  const done = [next(inline, 'completed'), next(inFile, 'completed')];
  await add(queue);
  await add(`${queue}-file`);
  const results = (await Promise.all(done)).map(([, result]) => result);
  say('completed', { results, engines: [inline.engine, inFile.engine], reason: inline.engineReason });
  await Promise.all([inline.close(), inFile.close()]);
  new Thread(new URL(import.meta.url));
}
