// The job that a processor's file gets on a thread is the one that BullMQ's own sandbox would have given it.
import { ChildProcessor, Job, optsEncodeMap, type SandboxedJob } from 'bullmq';
import { toJobJson } from '../lib/engine/job-hash';
import { sandboxedJob, type JobLine } from '../lib/thread/sandboxed-job';

const queue = { queueName: 'paint', queueQualifiedName: 'farm:paint', prefix: 'farm' };
const methods = [
  'getChildrenValues',
  'getDependencies',
  'getDependenciesCount',
  'getIgnoredChildrenFailures',
  'log',
  'moveToDelayed',
  'moveToWait',
  'moveToWaitingChildren',
  'updateData',
  'updateProgress',
];

const options = {
  attempts: 5,
  backoff: 300,
  delay: 20,
  de: { id: 'from-options', ttl: 5 },
  fpof: true,
  cpof: false,
  idof: false,
  rdof: false,
  kl: 7,
  tm: '{"trace":1}',
  omc: true,
  parent: { id: '1', queue: 'farm:parents' },
  removeOnComplete: { age: 10 },
  repeatJobKey: 'key-in-options',
  timestamp: 5,
};

/** Every field that a job's hash may have. */
const full: Record<string, string> = {
  name: 'blue',
  data: '{"list":[1,{"a":null}],"text":"é"}',
  opts: JSON.stringify(options),
  progress: '{"percent":40}',
  delay: '0',
  priority: '3',
  timestamp: '1700000000000',
  ats: '3',
  atm: '2',
  stc: '1',
  finishedOn: '1700000000900',
  processedOn: '1700000000500',
  rjk: 'every:1000',
  deid: 'once',
  failedReason: 'it "broke"',
  defa: 'later',
  stacktrace: '["Error: it \\"broke\\"\\n    at x"]',
  returnvalue: '{"size":3}',
  parentKey: 'farm:parents:1',
  parent: '{"id":"1","queueKey":"farm:parents","fpof":true}',
  pb: 'worker-1',
};
const least = { name: 'blue', data: '{}', opts: '{}', timestamp: '1700000000000' };

function flat(hash: Record<string, string>): string[] {
  return Object.entries(hash).flat();
}

/** What BullMQ's parent sends to its child, and the child makes of it. */
function bullmqJob(hash: Record<string, string>, id: string): SandboxedJob {
  const { queueName: name, queueQualifiedName: qualifiedName } = queue;
  const owner = { name, qualifiedName, opts: {}, toKey: (key: string) => `${qualifiedName}:${key}`, backend: {} };
  const job = Job.fromJSON(owner as never, toJobJson(flat(hash), id), id);
  const sent = structuredClone(job.asJSONSandbox());
  const child = new ChildProcessor(async () => undefined, undefined as never);
  return (child as never as { wrapJob(json: object, send: object): SandboxedJob }).wrapJob(sent, async () => undefined);
}

function fields(job: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(job).filter(([, value]) => typeof value !== 'function'));
}

function recordingLine(result?: unknown) {
  const sent: unknown[][] = [];
  const line: JobLine = {
    progress: async json => void sent.push(['progress', json]),
    log: async row => void sent.push(['log', row]),
    call: async (method, args) => {
      sent.push([method, ...args]);
      return result;
    },
  };
  return { sent, line };
}

function ourJob(hash: Record<string, string>, id: string): SandboxedJob {
  return sandboxedJob(flat(hash), id, queue, recordingLine().line);
}

function without(...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(full).filter(([name]) => !names.includes(name)));
}

describe('fields', () => {
  it.each<[string, Record<string, string>]>([
    ['all of them', full],
    ['the least', least],
    ['no name and no data', { timestamp: '1' }],
    ['the key of a scheduler in the options alone', without('rjk')],
    ['deduplication in the options alone', without('deid')],
    ['a parent in the options alone', without('parent', 'parentKey')],
    ['a backoff of 0', { ...least, opts: '{"backoff":0}' }],
    ['a custom backoff', { ...least, opts: '{"backoff":{"type":"mine","delay":3,"jitter":0.5}}' }],
    ['no backoff', { ...least, opts: '{"backoff":null,"attempts":2}' }],
    ['progress of null', { ...least, progress: 'null' }],
    ['progress in text', { ...least, progress: '"half"' }],
    ['data that is no object', { ...least, data: '[1,"2"]' }],
    ['a result of null', { ...least, returnvalue: 'null' }],
    ['a result in text', { ...least, returnvalue: '"done"' }],
    ['a result that is no JSON', { ...least, returnvalue: '{oops' }],
    ['stack traces that are no JSON', { ...least, stacktrace: '[oops' }],
    ['stack traces that are no list', { ...least, stacktrace: '{"a":1}' }],
    ['the old name of attemptsMade', { ...least, attemptsMade: '4' }],
    ['fields that nobody knows', { ...least, mine: 'x', toString: 'y' }],
    ...Object.keys(full).map(name => [`all but ${name}`, without(name)] as [string, Record<string, string>]),
  ])('as with BullMQ: %s', (_, hash) => {
    expect(fields(ourJob(hash, '17'))).toEqual(fields(bullmqJob(hash, '17')));
  });

  it('are those that BullMQ has, and no more', () => {
    expect(Object.keys(ourJob(full, '17')).sort()).toEqual(Object.keys(bullmqJob(full, '17')).sort());
    expect(Object.keys(ourJob(least, '17')).sort()).toEqual(Object.keys(bullmqJob(least, '17')).sort());
  });

  it('know every short name of an option', () => {
    const opts = Object.fromEntries(Object.values(optsEncodeMap as Record<string, string>).map(name => [name, name]));
    const job = ourJob({ ...least, opts: JSON.stringify(opts) }, '1');
    expect(Object.keys(job.opts).sort()).toEqual(['attempts', ...Object.keys(optsEncodeMap)].sort());
  });

  it.each(['data', 'opts'])('throw when %s is no JSON', name => {
    expect(() => ourJob({ ...full, [name]: '{oops' }, '1')).toThrow(SyntaxError);
  });
});

describe('methods', () => {
  it('are those of BullMQ', () => {
    const names = (job: object) =>
      Object.entries(job)
        .filter(([, value]) => typeof value === 'function')
        .map(([name]) => name)
        .sort();
    expect(names(bullmqJob(full, '1'))).toEqual(methods);
    expect(names(ourJob(full, '1'))).toEqual(methods);
  });

  it('send what they were given', async () => {
    const { sent, line } = recordingLine('result');
    const job = sandboxedJob(flat(full), '1', queue, line) as SandboxedJob & {
      getDependencies(opts?: object): Promise<unknown>;
    };
    await job.updateProgress({ percent: 50 });
    await job.updateProgress(undefined as never);
    job.log('a row');
    (job.log as (row: unknown) => void)(7);
    expect(await job.moveToDelayed(1234, 'token')).toBeUndefined();
    expect(await job.moveToWait('token')).toBeUndefined();
    expect(await job.moveToWaitingChildren('token', { child: { id: '2', queue: 'q' } })).toBe('result');
    expect(await job.updateData({ new: 1 })).toBeUndefined();
    expect(await job.getChildrenValues()).toBe('result');
    expect(await job.getIgnoredChildrenFailures()).toBe('result');
    expect(await job.getDependenciesCount({ failed: true })).toBe('result');
    expect(await job.getDependencies({ processed: { count: 2 } })).toBe('result');
    expect(sent).toEqual([
      ['progress', '{"percent":50}'],
      ['progress', 'null'],
      ['log', 'a row'],
      ['log', '7'],
      ['moveToDelayed', 1234, 'token'],
      ['moveToWait', 'token'],
      ['moveToWaitingChildren', 'token', { child: { id: '2', queue: 'q' } }],
      ['updateData', { new: 1 }],
      ['getChildrenValues'],
      ['getIgnoredChildrenFailures'],
      ['getDependenciesCount', { failed: true }],
      ['getDependencies', { processed: { count: 2 } }],
    ]);
  });

  it('work when they are taken off the job', async () => {
    const { sent, line } = recordingLine();
    const job = sandboxedJob(flat(full), '1', queue, line);
    const { updateProgress, log, updateData } = job;
    await updateProgress(9);
    log('row');
    await updateData({ other: true });
    expect(sent).toEqual([
      ['progress', '9'],
      ['log', 'row'],
      ['updateData', { other: true }],
    ]);
    expect(job).toMatchObject({ progress: 9, data: { other: true } });
  });

  it('leave the data alone when it could not be updated', async () => {
    const line = { ...recordingLine().line, call: () => Promise.reject(new Error('Missing key for job')) };
    const job = sandboxedJob(flat(full), '1', queue, line);
    const before = structuredClone(job.data);
    await expect(job.updateData({ other: true })).rejects.toThrow('Missing key for job');
    expect(job.data).toEqual(before);
  });
});
