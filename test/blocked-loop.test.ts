// The main thread is blocked for ten times as long as a lock lasts, and a stock BullMQ worker in another process
// waits for jobs to stall.
import type { Job, Queue, QueueEvents } from 'bullmq';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { isAurochs } from './support/subject';
import { waitFor } from './support/wait';
import { Child } from './support-child';

const bench = useBench();
const lockDuration = 1000;
const children: Child[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await child.exited;
  }
});

function start(program: string, input: object): Child {
  const child = new Child(program, { connection: bench.connection, ...input });
  children.push(child);
  return child;
}

/** The ids of the jobs of which QueueEvents says that they stalled. */
async function watchStalled(queue: Queue): Promise<string[]> {
  const stalled: string[] = [];
  const events: QueueEvents = await bench.events(queue);
  events.on('stalled', ({ jobId }) => stalled.push(jobId));
  return stalled;
}

/** What tells that a job stalled or ran twice; one that did neither has one attempt and no count of stalls. */
async function traces(queue: Queue, job: Job) {
  const [started, made, stalled] = await bench.redis.client().hmget(queue.toKey(job.id!), 'ats', 'atm', 'stc');
  return { started, made, stalled };
}

async function close(child: Child) {
  child.kill('SIGTERM');
  const closed = await child.message('closed');
  expect(await child.end()).toEqual({ code: 0, signal: null });
  return closed;
}

if (isAurochs) {
  it('stalls no job, runs none twice, and native jobs go on completing', async () => {
    const [inline, long, flow] = [bench.queue(), bench.queue(), bench.queue()];
    const stalled = await Promise.all([inline, long, flow].map(watchStalled));
    const spinFor = 10 * lockDuration;
    const inlineJob = await inline.add('inline', {});
    const longJobs = await long.addBulk([1, 2].map(() => ({ name: 'long', data: { ms: spinFor + 500 } })));
    const queues = { inline: inline.name, long: long.name, flow: flow.name };
    const worker = start('programs/blocked-loop.mjs', { lockDuration, spinFor, library: fixtures(), queues });
    const { at: from } = await worker.message('blocked');
    const watched = { takeOver: [inline.name, long.name], sweep: [flow.name] };
    const watcher = start('programs/stock-watcher.mjs', { queues: watched });
    await watcher.message('watching');
    // The watcher holds every job in flight for a candidate: only a renewed lock saves it.
    const suspects = (queue: Queue) => bench.redis.client().scard(queue.toKey('stalled'));
    await waitFor(async () => (await suspects(inline)) === 1 && (await suspects(long)) === 2, { what: 'a sweep' });

    // Rounds of jobs that are added, processed and finished while the main thread is blocked.
    const flowJobs: Job[] = [];
    while (!worker.messages.some(({ event }) => event === 'unblocked')) {
      flowJobs.push(...(await flow.addBulk([1, 2, 3, 4].map(() => ({ name: 'flow', data: { ms: 200 } })))));
      await waitFor(async () => (await flow.getCompletedCount()) === flowJobs.length, {
        what: 'the round to complete',
      });
    }
    const { at: to } = await worker.message('unblocked');
    await waitFor(async () => (await inline.getCompletedCount()) === 1, { what: 'the inline job to complete' });
    await waitFor(async () => (await long.getCompletedCount()) === 2, { what: 'the long jobs to complete' });
    expect((await close(worker)).errors).toEqual([]);
    await close(watcher);

    expect(to - from).toBeGreaterThanOrEqual(spinFor);
    const finished = await Promise.all(flowJobs.map(job => flow.getJob(job.id!)));
    const during = finished.filter(job => job!.timestamp >= from && job!.finishedOn! <= to);
    expect(during.length).toBeGreaterThanOrEqual(4);
    expect(stalled).toEqual([[], [], []]);
    expect(watcher.messages.filter(({ event }) => event !== 'watching' && event !== 'closed')).toEqual([]);
    const once = { started: '1', made: '1', stalled: null };
    expect(await traces(inline, inlineJob)).toEqual(once);
    for (const job of longJobs) expect(await traces(long, job)).toEqual(once);
    for (const job of flowJobs) expect(await traces(flow, job)).toEqual(once);
    expect((await inline.getJob(inlineJob.id!))!.returnvalue).toBe('inline');
  }, 120_000);
}

it("would have been noticed: with BullMQ's own worker the job stalls and runs twice", async () => {
  const inline = bench.queue();
  const stalled = await watchStalled(inline);
  const job = await inline.add('inline', {});
  const worker = start('programs/blocked-loop.mjs', {
    subject: 'bullmq',
    lockDuration,
    spinFor: 4 * lockDuration,
    queues: { inline: inline.name },
  });
  await worker.message('blocked');
  const watcher = start('programs/stock-watcher.mjs', { queues: { takeOver: [inline.name], sweep: [] } });
  expect(await watcher.message('stolen')).toMatchObject({ id: job.id });
  await worker.message('unblocked');
  await close(worker);
  await close(watcher);
  expect(stalled).toEqual([job.id]);
  expect(await traces(inline, job)).toMatchObject({ started: '2', stalled: '1' });
}, 60_000);
