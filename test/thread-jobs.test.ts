// How a thread runs its jobs, seen from its seat at the native loop.
import { once } from 'node:events';
import type { NativeSeat } from '../lib/binding';
import { EventType, type EngineEvent } from '../lib/engine/events';
import { JobRunner } from '../lib/thread/job-runner';
import { takesSignal, type ThreadProcessor } from '../lib/thread/load-processor';
import { errorFromJson } from '../lib/threads/error-json';

/** A seat that keeps what it is told, and refuses as many rows as it was asked to. */
function seatOf(processor: (...args: any[]) => unknown) {
  const told: unknown[][] = [];
  const tell =
    (what: string) =>
    (...args: unknown[]) =>
      void told.push([what, ...args]);
  const control = { refusals: 0 };
  const row = (what: string) => (job: number, text: string) => {
    if (control.refusals-- > 0) return false;
    tell(what)(job, text);
    return true;
  };
  const seat: NativeSeat = {
    number: 1,
    queue: 'paint',
    prefix: 'farm',
    complete: tell('complete'),
    fail: tell('fail'),
    progress: row('progress'),
    log: row('log'),
    call: tell('call'),
    cancelling: tell('cancelling'),
    detach: tell('detach'),
  };
  const runner = new JobRunner(seat, processor as ThreadProcessor, tell('stopped'));
  const send = (type: EventType, event: Partial<EngineEvent> = {}) =>
    runner.onEvent({ type, job: 0, number: 0, flag: false, ...event });
  const start = (job: number, data = '{}') =>
    send(EventType.job, { job, id: `id-${job}`, token: `token-${job}`, list: ['name', 'blue', 'data', data] });
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise(setImmediate);
  };
  const has = (what: string) => told.some(([each]) => each === what);
  return { told, control, send, start, until, has };
}

type AnyJob = any;

it('runs a processor with the job, its token and a signal', () => {
  const { told, start } = seatOf((job: AnyJob, token: string, signal: AbortSignal) => ({
    id: job.id,
    data: job.data,
    queue: job.queueQualifiedName,
    token,
    aborted: signal.aborted,
  }));
  start(3, '{"a":1}');
  const result = { id: 'id-3', data: { a: 1 }, queue: 'farm:paint', token: 'token-3', aborted: false };
  expect(told).toEqual([['complete', 3, JSON.stringify(result)]]);
});

it.each<[string, () => unknown, string]>([
  ['a value', () => 5, '5'],
  ['a promise', async () => ({ ok: true }), '{"ok":true}'],
  ['nothing', () => undefined, 'null'],
  ['a function', () => () => 1, 'null'],
])('completes with %s', async (_, processor, json) => {
  const { told, start, until } = seatOf(processor);
  start(1);
  await until(() => told.length > 0);
  expect(told).toEqual([['complete', 1, json]]);
});

it.each<[string, () => unknown, string]>([
  [
    'throws',
    () => {
      throw new Error('now');
    },
    'now',
  ],
  ['rejects', async () => Promise.reject(new Error('later')), 'later'],
  ['returns what is no JSON', () => 1n, 'Do not know how to serialize a BigInt'],
  ['rejects with nothing', () => Promise.reject(undefined), 'The processor threw undefined'],
])('fails when the processor %s', async (_, processor, message) => {
  const { told, start, until } = seatOf(processor);
  start(1);
  await until(() => told.length > 0);
  expect(told).toEqual([['fail', 1, expect.any(String)]]);
  expect(errorFromJson(told[0][2] as string).message).toBe(message);
});

it('fails a job whose data is no JSON, and runs the next', () => {
  const { told, start } = seatOf((job: AnyJob) => job.data);
  start(1, '{oops');
  start(2, '7');
  expect(told).toEqual([
    ['fail', 1, expect.stringContaining('SyntaxError')],
    ['complete', 2, '7'],
  ]);
});

it('sends refused rows later, in their order, and before the end of the job', async () => {
  const { told, control, start, until, has } = seatOf((job: AnyJob) => {
    job.log('one');
    void job.updateProgress(50);
    job.log('two');
  });
  control.refusals = 5;
  start(1);
  await until(() => has('complete'));
  expect(told).toEqual([
    ['log', 1, 'one'],
    ['progress', 1, '50'],
    ['log', 1, 'two'],
    ['complete', 1, 'null'],
  ]);
});

it('ends a job when its calls are through', async () => {
  const { told, send, start, until, has } = seatOf((job: AnyJob) => {
    void job.updateData({ b: 2 });
    return 'done';
  });
  start(1);
  expect(told).toEqual([['call', 1, 1, '{"method":"updateData","args":[{"b":2}]}']]);
  send(EventType.answer, { job: 1, number: 1, flag: true, text: 'null' });
  await until(() => has('complete'));
  expect(told[1]).toEqual(['complete', 1, '"done"']);
});

it('hands answers to those who asked', async () => {
  const { told, send, start, until, has } = seatOf(async (job: AnyJob) => [
    await job.getDependenciesCount(undefined),
    await job.moveToWaitingChildren(undefined, { a: 1 }).catch((error: Error) => `${error.name}: ${error.message}`),
  ]);
  start(1);
  send(EventType.answer, { job: 1, number: 1, flag: true, text: '{"failed":2}' });
  await until(() => told.length === 2);
  send(EventType.answer, { job: 1, number: 2, flag: false, text: '{"name":"RangeError","message":"no"}' });
  await until(() => has('complete'));
  expect(told).toEqual([
    ['call', 1, 1, '{"method":"getDependenciesCount","args":[]}'],
    ['call', 1, 2, '{"method":"moveToWaitingChildren","args":[null,{"a":1}]}'],
    ['complete', 1, '[{"failed":2},"RangeError: no"]'],
  ]);
});

it('sends nothing for a job that has ended', async () => {
  let late: AnyJob;
  const { told, start } = seatOf((job: AnyJob) => (late = job).name);
  start(1);
  await late.updateProgress(1);
  await late.log('late');
  await expect(late.moveToWait('token')).rejects.toThrow('moveToWait() was called after job id-1 had been processed');
  expect(told).toEqual([['complete', 1, '"blue"']]);
});

it.each<[string, string | undefined, object]>([
  ['a text', '"why"', { message: 'why' }],
  ['an error', '{"name":"TimeLimitError","message":"too long"}', { name: 'TimeLimitError', message: 'too long' }],
  ['no reason', undefined, { name: 'AbortError' }],
  ['an empty reason', '', { name: 'AbortError' }],
])('cancels with %s', async (_, text, expected) => {
  const { told, send, start, until, has } = seatOf(async (_job: AnyJob, _token: string, signal: AbortSignal) => {
    await once(signal, 'abort');
    throw signal.reason;
  });
  start(1);
  send(EventType.cancel, { job: 2, text });
  expect(told).toEqual([]);
  send(EventType.cancel, { job: 1, text });
  expect(told).toEqual([['cancelling', 1]]);
  await until(() => has('fail'));
  expect(errorFromJson(told[1][2] as string)).toMatchObject(expected);
});

it('stops when the jobs in hand have ended', async () => {
  const release: (() => void)[] = [];
  const { told, send, start, until, has } = seatOf(() => new Promise<void>(resolve => release.push(resolve)));
  start(1);
  start(2);
  send(EventType.stop);
  release[1]();
  await until(() => told.length === 1);
  expect(told).toEqual([['complete', 2, 'null']]);
  release[0]();
  await until(() => has('stopped'));
  expect(told.slice(1)).toEqual([['complete', 1, 'null'], ['detach'], ['stopped']]);
});

it('stops at once when it is idle', () => {
  const { told, send } = seatOf(() => 1);
  send(EventType.stop);
  expect(told).toEqual([['detach'], ['stopped']]);
});

describe('a signal', () => {
  const source = (code: string) => new Function(`return ${code}`)() as ThreadProcessor;

  it.each([
    'async (job, token, signal) => 1',
    'function (job, token, signal) {}',
    '(...args) => args[2]',
    'function () { return arguments[2] }',
    'async function (job) { return run.apply(this, arguments) }',
    "(job, token = '', signal) => 1",
    '({ data }, token, { aborted }) => 1',
    '(function (job, token, signal) {}).bind(null)',
    '({ run(job, token, signal) {} }).run',
  ])('is made for %s', code => {
    expect(takesSignal(source(code))).toBe(true);
  });

  it.each([
    'async (job, token) => job.data',
    'job => job.data',
    'async job => ({ ...job.data })',
    '() => 1',
    'function (job) {}',
    'async function paint(job, token) {}',
    'async(job,token)=>1',
  ])('costs nothing for %s', code => {
    expect(takesSignal(source(code))).toBe(false);
  });
});
