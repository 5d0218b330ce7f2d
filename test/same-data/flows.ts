// Parents and children.
import { WaitingChildrenError, type FlowJob } from 'bullmq';
import { byName, type Scenario } from './scenario';

const queueName = 'history';

function node(name: string, jobId: string, opts: object = {}, children: FlowJob[] = []): FlowJob {
  return { name, queueName, data: { of: jobId }, opts: { jobId, ...opts }, children };
}

function parent(name: string, children: FlowJob[], opts: object = {}): FlowJob {
  return { name, queueName, data: {}, opts: { jobId: 'parent', ...opts }, children };
}

/** What a parent does when a child fails, as the child says. */
const onFailure = {
  'nothing said': {},
  failParentOnFailure: { failParentOnFailure: true },
  ignoreDependencyOnFailure: { ignoreDependencyOnFailure: true },
  removeDependencyOnFailure: { removeDependencyOnFailure: true },
  continueParentOnFailure: { continueParentOnFailure: true },
};

export const flows: Scenario[] = [
  {
    name: 'a parent that reads the values of its children',
    fill: ({ flows }) => flows.add(parent('values', [node('echo', 'a'), node('progress', 'b'), node('nothing', 'c')])),
    work: async job => (job.name === 'values' ? sorted(await job.getChildrenValues()) : byName(job)),
  },
  {
    name: 'three generations, with options of every kind',
    fill: ({ flows }) =>
      flows.add(
        parent(
          'echo',
          [
            node('echo', 'left', { priority: 3 }, [
              node('flaky', 'left-1', { attempts: 2 }),
              node('echo', 'left-2', { lifo: true }),
            ]),
            node('log', 'right', {}, [node('echo', 'right-1', { priority: 1 })]),
          ],
          { priority: 5 },
        ),
      ),
  },
  ...Object.entries(onFailure).flatMap(([name, option]): Scenario[] => [
    {
      name: `a child that fails: ${name}`,
      fill: ({ flows }) =>
        flows.add(parent('echo', [node('echo', 'good'), node('fail', 'bad', option), node('echo', 'last')])),
    },
    {
      name: `a grandchild that fails after retries: ${name}`,
      fill: ({ flows }) =>
        flows.add(
          parent('echo', [
            node('echo', 'middle', option, [node('fail', 'bad', { ...option, attempts: 2 }), node('echo', 'good')]),
            node('unrecoverable', 'worse', { ...option, attempts: 4 }),
          ]),
        ),
    },
  ]),
  {
    name: 'ignored failures that the parent reads',
    fill: ({ flows }) =>
      flows.add(parent('ignored', [node('fail', 'bad', { ignoreDependencyOnFailure: true }), node('echo', 'good')])),
    work: async job => (job.name === 'ignored' ? sorted(await job.getIgnoredChildrenFailures()) : byName(job)),
  },
  {
    name: 'children that go when they are done',
    fill: ({ flows }) =>
      flows.add(
        parent('echo', [
          node('echo', 'gone', { removeOnComplete: true }),
          node('fail', 'failed', { removeOnFail: true, ignoreDependencyOnFailure: true }),
        ]),
      ),
  },
  {
    name: 'a parent that goes with its children',
    fill: ({ flows }) =>
      flows.add(parent('echo', [node('echo', 'kept'), node('echo', 'kept-too')], { removeOnComplete: true })),
  },
  {
    name: 'a parent that is delayed, and one that nothing holds back',
    events: 'per job',
    fill: async ({ flows }) => {
      await flows.add(parent('echo', [node('echo', 'a')], { delay: 80 }));
      await flows.add({ name: 'echo', queueName, data: {}, opts: { jobId: 'alone' } });
    },
  },
  {
    name: 'a parent in another queue',
    fill: ({ flows }) => flows.add({ ...parent('echo', [node('echo', 'a'), node('echo', 'b')]), queueName: 'other' }),
  },
  {
    name: 'a child that fails, of a parent in another queue',
    fill: ({ flows }) =>
      flows.add({
        ...parent('echo', [node('fail', 'a', { failParentOnFailure: true }), node('echo', 'b')]),
        queueName: 'other',
      }),
  },
  {
    name: 'WaitingChildrenError: children added by their parent',
    fill: ({ queue }) => queue.add('step', {}, { jobId: 'parent' }),
    work: async (job, { queue }, token) => {
      if (job.name !== 'step') return byName(job);
      if (job.attemptsStarted > 1) return sorted(await job.getChildrenValues());
      const family = { parent: { id: job.id!, queue: job.queueQualifiedName } };
      await queue.add('echo', { child: 1 }, { ...family, jobId: 'child-1' });
      await queue.add('flaky', { child: 2 }, { ...family, jobId: 'child-2', attempts: 2 });
      await job.updateData({ ...job.data, step: 'children' });
      if (await job.moveToWaitingChildren(token)) throw new WaitingChildrenError();
      return undefined;
    },
  },
  {
    name: 'a parent that finishes before its children',
    fill: ({ queue }) => queue.add('step', {}, { jobId: 'parent', attempts: 1 }),
    work: async (job, { queue }) => {
      if (job.name !== 'step') return byName(job);
      await queue.add(
        'echo',
        {},
        { parent: { id: job.id!, queue: job.queueQualifiedName }, jobId: 'child', delay: 3_600_000 },
      );
      return 'too early';
    },
  },
  {
    name: 'a child taken away while the parent waits',
    fill: ({ flows }) => flows.add(parent('echo', [node('remove', 'a'), node('echo', 'b')])),
    work: async (job, { queue }) => {
      if (job.name === 'remove') await queue.remove('b');
      return job.name;
    },
  },
];

function sorted(record: Record<string, unknown>): unknown[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
