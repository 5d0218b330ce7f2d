// Flows: parents wait for their children, see their results, and follow their failures as the options say.
import { WaitingChildrenError, type FlowJob, type Job } from 'bullmq';
import { useBench } from './support/queue';
import { Gate, waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

/** One queue for parents and one for children, each with a worker of its own. */
function family(processors: { parent: (job: Job) => Promise<unknown>; child: (job: Job) => Promise<unknown> }) {
  const [parents, children] = [bench.queue(), bench.queue()];
  const parentWorker = bench.worker(parents, job => processors.parent(job));
  const childWorker = bench.worker(children, job => processors.child(job), { concurrency: 3 });
  const add = (kids: { name: string; opts?: object }[], opts: object = {}) =>
    bench.flows().add({
      name: 'parent',
      queueName: parents.name,
      opts,
      children: kids.map(kid => ({
        name: kid.name,
        queueName: children.name,
        data: { kid: kid.name },
        opts: kid.opts,
      })),
    } as FlowJob);
  return { parents, children, parentWorker, childWorker, add };
}

const fails = async (job: Job) => {
  if (job.name.startsWith('bad')) throw new Error(`${job.name} failed`);
  return job.name;
};

describe('flows', () => {
  it('start the parent after its children, which it sees', async () => {
    const order: string[] = [];
    const { add, parentWorker } = family({
      parent: async job => {
        order.push('parent');
        return Object.values((await job.getChildrenValues())!).sort();
      },
      child: async job => {
        order.push(job.data.kid);
        return job.data.kid.toUpperCase();
      },
    });
    const completed = waitForEvent(parentWorker, 'completed');
    await add([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
    const [, result] = await completed;
    expect(result).toEqual(['A', 'B', 'C']);
    expect(order[3]).toBe('parent');
    expect(order.slice(0, 3).sort()).toEqual(['a', 'b', 'c']);
  });

  it('can be several levels deep within one queue', async () => {
    const queue = bench.queue();
    const order: string[] = [];
    const worker = bench.worker(queue, async job => {
      order.push(job.name);
      const values = Object.values((await job.getChildrenValues())!) as number[];
      return 1 + values.reduce((sum, value) => sum + value, 0);
    });
    const node = (name: string, ...children: FlowJob[]): FlowJob => ({ name, queueName: queue.name, children });
    const completed = waitForEvent<any[]>(worker, 'completed', job => job.name === 'root');
    await bench.flows().add(node('root', node('left', node('leaf1'), node('leaf2')), node('right', node('leaf3'))));
    const [, result] = await completed;
    expect(result).toBe(6);
    expect(order[5]).toBe('root');
    expect(order.indexOf('left')).toBeGreaterThan(order.indexOf('leaf2'));
    expect(order.indexOf('right')).toBeGreaterThan(order.indexOf('leaf3'));
  });

  it('wait for children that are retried', async () => {
    const { add, parentWorker } = family({
      parent: async job => Object.values((await job.getChildrenValues())!),
      child: async job => {
        if (job.attemptsMade < 2) throw new Error('again');
        return job.attemptsMade;
      },
    });
    const completed = waitForEvent(parentWorker, 'completed');
    await add([{ name: 'child', opts: { attempts: 3 } }]);
    expect((await completed)[1]).toEqual([2]);
  });

  it('leave the parent waiting when a child fails and no option says otherwise', async () => {
    const { add, parents, childWorker } = family({ parent: async () => 'parent', child: fails });
    const failed = waitForEvent(childWorker, 'failed');
    const { job } = await add([{ name: 'bad' }, { name: 'good' }]);
    await failed;
    await waitFor(async () => Object.keys((await job.getChildrenValues())!).length === 1);
    expect(await job.getState()).toBe('waiting-children');
    expect(await parents.getCompletedCount()).toBe(0);
  });

  it('fail the parent with failParentOnFailure', async () => {
    let calls = 0;
    const { add, parentWorker, children } = family({ parent: async () => void calls++, child: fails });
    const failed = waitForEvent(parentWorker, 'failed');
    const { job } = await add([{ name: 'bad', opts: { failParentOnFailure: true } }]);
    const [failedJob, error] = await failed;
    const [child] = await children.getFailed();
    expect(failedJob.id).toBe(job.id);
    expect(error.message).toBe(`child ${children.qualifiedName}:${child.id} failed`);
    expect(error.name).toBe('UnrecoverableError');
    expect(calls).toBe(0);
    await waitFor(async () => (await job.getState()) === 'failed');
  });

  it('fail the grandparent, too, when each level asks for it', async () => {
    const queue = bench.queue();
    bench.worker(queue, async job => {
      if (job.name === 'leaf') throw new Error('leaf failed');
      return job.name;
    });
    const opts = { failParentOnFailure: true };
    const { job } = await bench.flows().add({
      name: 'root',
      queueName: queue.name,
      children: [
        { name: 'middle', queueName: queue.name, opts, children: [{ name: 'leaf', queueName: queue.name, opts }] },
      ],
    });
    await waitFor(async () => (await job.getState()) === 'failed');
    expect((await queue.getFailed()).map(failed => failed.name).sort()).toEqual(['leaf', 'middle', 'root']);
  });

  it('go on with ignoreDependencyOnFailure, and the parent sees what was ignored', async () => {
    const { add, parentWorker } = family({
      parent: async job => [
        Object.values((await job.getChildrenValues())!),
        Object.values(await job.getIgnoredChildrenFailures()),
      ],
      child: fails,
    });
    const completed = waitForEvent(parentWorker, 'completed');
    await add([{ name: 'bad', opts: { ignoreDependencyOnFailure: true } }, { name: 'good' }]);
    expect((await completed)[1]).toEqual([['good'], ['bad failed']]);
  });

  it('start the parent at once with continueParentOnFailure', async () => {
    const { add, parentWorker, children } = family({
      parent: async job => {
        const failed = Object.values(await job.getIgnoredChildrenFailures());
        if (failed.length) await job.removeUnprocessedChildren();
        return failed;
      },
      child: fails,
    });
    const completed = waitForEvent(parentWorker, 'completed');
    await add([
      { name: 'bad', opts: { continueParentOnFailure: true } },
      { name: 'late', opts: { delay: 3_600_000 } },
    ]);
    expect((await completed)[1]).toEqual(['bad failed']);
    expect(await children.getDelayedCount()).toBe(0);
  });

  it('go on with removeDependencyOnFailure, as if the child had never been', async () => {
    const { add, parentWorker } = family({
      parent: async job => [await job.getChildrenValues(), await job.getDependenciesCount()],
      child: fails,
    });
    const completed = waitForEvent(parentWorker, 'completed');
    await add([{ name: 'bad', opts: { removeDependencyOnFailure: true } }]);
    const [, [values, counts]] = await completed;
    expect(values).toEqual({});
    expect(counts).toEqual({ processed: 0, unprocessed: 0, ignored: 0, failed: 0 });
  });

  it('can grow while the parent runs, which then waits for its new children', async () => {
    const [parents, children] = [bench.queue(), bench.queue()];
    const gate = new Gate();
    bench.worker(children, async job => {
      await gate.opened;
      return job.data.i * 10;
    });
    const started: number[] = [];
    const worker = bench.worker(parents, async (job, token) => {
      started.push(job.data.step);
      if (job.data.step === 0) {
        const parent = { id: job.id!, queue: job.queueQualifiedName };
        await children.addBulk([1, 2, 3].map(i => ({ name: 'child', data: { i }, opts: { parent } })));
        await job.updateData({ step: 1 });
        if (await job.moveToWaitingChildren(token!)) throw new WaitingChildrenError();
      }
      const values = Object.values((await job.getChildrenValues())!) as number[];
      return values.reduce((sum, value) => sum + value, 0);
    });
    const completed = waitForEvent(worker, 'completed');
    const added = await parents.add('parent', { step: 0 });
    await waitFor(async () => (await added.getState()) === 'waiting-children');
    gate.open();
    const [job, result] = await completed;
    expect([job.id, result]).toEqual([added.id, 60]);
    expect(started).toEqual([0, 1]);
    expect(job.attemptsMade).toBe(1);
    expect(worker.errors).toEqual([]);
  });

  it('complete children of one parent at the same time, and start it once', async () => {
    let parentRuns = 0;
    const { add, parentWorker } = family({
      parent: async job => {
        parentRuns++;
        return Object.keys((await job.getChildrenValues())!).length;
      },
      child: async () => undefined,
    });
    const completed = waitForEvents(parentWorker, 'completed', 5);
    const kids = Array.from({ length: 20 }, (_, i) => ({ name: `child${i}` }));
    for (let i = 0; i < 5; i++) await add(kids);
    expect((await completed).map(([, result]) => result)).toEqual([20, 20, 20, 20, 20]);
    expect(parentRuns).toBe(5);
  });

  it('keep the values of children that are removed on completion', async () => {
    const { add, parentWorker, children } = family({
      parent: async job => Object.values((await job.getChildrenValues())!),
      child: async () => ({ kept: true }),
    });
    const completed = waitForEvent(parentWorker, 'completed');
    await add([{ name: 'child', opts: { removeOnComplete: true } }]);
    expect((await completed)[1]).toEqual([{ kept: true }]);
    expect(await children.getCompletedCount()).toBe(0);
  });

  it('start a parent with a priority, and one with a delay, by these', async () => {
    const { add, parents, parentWorker } = family({ parent: async job => job.priority, child: async () => undefined });
    const completed = waitForEvents(parentWorker, 'completed', 2);
    await add([{ name: 'child' }], { priority: 3 });
    const before = Date.now();
    await add([{ name: 'child' }], { delay: 40 });
    const [, delayed] = (await completed).map(([job]) => job);
    expect(delayed.processedOn).toBeGreaterThanOrEqual(before + 40);
    expect(await parents.getCompletedCount()).toBe(2);
  });
});
