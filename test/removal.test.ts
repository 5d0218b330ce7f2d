// What stays of finished jobs: removeOnComplete and removeOnFail, on the job and on the worker.
import type { Queue } from 'bullmq';
import { useBench } from './support/queue';
import { Gate, sleep, waitFor, waitForEvents } from './support/wait';

const bench = useBench();

const jobs = (count: number, opts: object = {}) =>
  Array.from({ length: count }, (_, i) => ({ name: 'job', data: i, opts }));
/** Jobs that finish in the same millisecond are kept in the order of their ids as text: let each have its own. */
const complete = () => sleep(3);
const fail = async (): Promise<void> => {
  await sleep(3);
  throw new Error('told to');
};

describe.each([
  ['removeOnComplete', 'completed', complete],
  ['removeOnFail', 'failed', fail],
] as const)('%s', (option, event, processor) => {
  const kept = async (queue: Queue) => (await queue.getJobs([event], 0, -1, true)).map(job => job.data);

  it.each([
    ['true', true, []],
    ['a number', 3, [7, 8, 9]],
    ['a count', { count: 2 }, [8, 9]],
    ['a count of 0', { count: 0 }, []],
    ['an age that none has reached', { age: 3600 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['an age and a count', { age: 3600, count: 4 }, [6, 7, 8, 9]],
    ['false', false, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ])('of the job may be %s', async (_, value, expected) => {
    const queue = bench.queue();
    await queue.addBulk(jobs(10, { [option]: value }));
    const worker = bench.worker(queue, processor);
    await waitForEvents(worker, event, 10);
    expect(await kept(queue)).toEqual(expected);
    const keys = await bench.redis.client().keys(queue.toKey('[0-9]*'));
    expect(keys).toHaveLength(expected.length);
  });

  it.each([
    ['a count', { count: 2 }, [8, 9]],
    ['a count of 0', { count: 0 }, []],
    ['an age', { age: 3600 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ])('of the worker may be %s', async (_, value, expected) => {
    const queue = bench.queue();
    await queue.addBulk(jobs(10));
    const worker = bench.worker(queue, processor, { [option]: value });
    await waitForEvents(worker, event, 10);
    expect(await kept(queue)).toEqual(expected);
  });

  it('of the job comes before that of the worker', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(5, { [option]: { count: 4 } }));
    const worker = bench.worker(queue, processor, { [option]: { count: 0 } });
    await waitForEvents(worker, event, 5);
    expect(await kept(queue)).toEqual([1, 2, 3, 4]);
  });

  it('removes jobs that are older than its age', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(3));
    const worker = bench.worker(queue, processor);
    await waitForEvents(worker, event, 3);
    // As if they had finished ten seconds ago.
    for (const job of await queue.getJobs([event])) {
      await bench.redis.client().zadd(queue.toKey(event), Date.now() - 10_000, job.id!);
    }
    const last = waitForEvents(worker, event, 1);
    await queue.add('job', 'last', { [option]: { age: 5 } });
    await last;
    expect(await kept(queue)).toEqual(['last']);
  });

  it('may be changed by the processor, which has the last word', async () => {
    const queue = bench.queue();
    const kinds = { removed: true, kept: false, counted: { count: 2 } };
    const worker = bench.worker(
      queue,
      async job => {
        job.opts[option] = kinds[job.name as keyof typeof kinds];
        if (event === 'failed') throw new Error('told to');
      },
      // What stands on the worker and on the jobs is overruled.
      { [option]: { count: 0 } },
    );
    const ended = waitForEvents(worker, event, 4);
    const names = ['kept', 'removed', 'kept', 'removed'];
    await queue.addBulk(names.map((name, i) => ({ name, data: i, opts: i < 2 ? {} : { [option]: true } })));
    await ended;
    expect((await queue.getJobs([event], 0, -1, true)).map(job => job.name)).toEqual(['kept', 'kept']);
    const counted = waitForEvents(worker, event, 3);
    await queue.addBulk([1, 2, 3].map(i => ({ name: 'counted', data: i })));
    await counted;
    expect((await queue.getJobs([event], 0, -1, true)).map(job => job.name)).toEqual(['counted', 'counted']);
    expect(worker.errors).toEqual([]);
  });

  it('takes logs and dependencies along', async () => {
    const queue = bench.queue();
    const added = await queue.add('job', {}, { [option]: true });
    await added.log('a row');
    const worker = bench.worker(queue, processor);
    const [[job]] = await waitForEvents(worker, event, 1);
    expect(job.id).toBe(added.id);
    await waitFor(async () => (await bench.redis.client().keys(queue.toKey(`${added.id}*`))).length === 0);
  });
});

it('removal says so in QueueEvents, and completion still does', async () => {
  const queue = bench.queue();
  const events = await bench.events(queue);
  const seen: string[] = [];
  events.on('completed', ({ jobId }) => seen.push(`completed ${jobId}`));
  const gate = new Gate<string>();
  bench.worker(queue, () => gate.opened);
  const added = await queue.add('job', {}, { removeOnComplete: true });
  const finished = added.waitUntilFinished(events);
  await waitFor(() => events.listenerCount(`completed:${added.id}`) > 0);
  await queue.getJobCounts(); // behind its first look at the job, on the same connection
  gate.open('gone');
  expect(await finished).toBe('gone');
  expect(seen).toEqual([`completed ${added.id}`]);
});
