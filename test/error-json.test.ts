// Errors cross from thread to thread as JSON, with all that BullMQ and people look at.
import { runInNewContext } from 'node:vm';
import {
  DelayedError,
  RateLimitError,
  UnrecoverableError,
  WaitingChildrenError,
  WaitingError,
  Worker as BullWorker,
} from 'bullmq';
import { errorFromJson, errorToJson } from '../lib/threads/error-json';

type AnyError = Error & Record<string, any>;

function across(thrown: unknown): AnyError {
  return errorFromJson(errorToJson(thrown)) as AnyError;
}

describe('an error', () => {
  it('keeps its name, message and stack', () => {
    const thrown = new TypeError('no such thing');
    const error = across(thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('TypeError');
    expect(error.message).toBe('no such thing');
    expect(error.stack).toBe(thrown.stack);
    expect(Object.keys(error)).toEqual([]);
    expect(String(error)).toBe('TypeError: no such thing');
  });

  it.each([DelayedError, WaitingError, WaitingChildrenError, RateLimitError, UnrecoverableError])(
    'is known to BullMQ by its name: %p',
    Kind => {
      const thrown = new Kind();
      expect(across(thrown).name).toBe(thrown.name);
      expect(across(thrown).message).toBe(thrown.message);
    },
  );

  it('is known by its message when it is a rate limit', () => {
    expect(across(BullWorker.RateLimitError()).message).toBe(BullWorker.RateLimitError().message);
  });

  it('keeps the name of its class', () => {
    class OwnError extends Error {
      override name = 'OwnError';
    }
    expect(across(new OwnError('x')).name).toBe('OwnError');
  });

  it('keeps an empty message', () => {
    expect(across(new RangeError(''))).toMatchObject({ name: 'RangeError', message: '' });
  });

  it('keeps its own fields', () => {
    const details = { rows: [1, { deep: true }], none: null, at: new Date(0) };
    const error = across(Object.assign(new Error('x'), { code: 'E_X', status: 404, details }));
    expect(Object.keys(error)).toEqual(['code', 'status', 'details']);
    expect(error).toMatchObject({
      code: 'E_X',
      status: 404,
      details: { rows: [1, { deep: true }], none: null, at: '1970-01-01T00:00:00.000Z' },
    });
  });

  it('keeps a field called errors', () => {
    expect(across(Object.assign(new Error('invalid'), { errors: [{ path: 'a' }] })).errors).toEqual([{ path: 'a' }]);
  });

  it('keeps what JSON has no form for as near as it can', () => {
    const fields = {
      big: 12n,
      call: () => 1,
      sign: Symbol('s'),
      bytes: new Uint8Array(9),
      inner: new RangeError('in'),
    };
    const error = across(Object.assign(new Error('x'), fields));
    expect(error).toMatchObject({ big: '12', bytes: '[Uint8Array, 9 bytes]' });
    expect(error.inner).toEqual({ name: 'RangeError', message: 'in' });
    expect(error).not.toHaveProperty('call');
    expect(error).not.toHaveProperty('sign');
  });

  it('may contain itself', () => {
    const thrown = new Error('x') as AnyError;
    const list: unknown[] = [thrown];
    thrown.self = thrown;
    thrown.list = list.concat([list]);
    thrown.cause = thrown;
    const error = across(thrown);
    expect(error.self).toBe('[Circular]');
    expect(error.list).toEqual(['[Circular]', ['[Circular]']]);
    expect(error.cause).toBe('[Circular]');
  });

  it('is cut off when it drags too much along', () => {
    const deep: Record<string, unknown> = {};
    let at = deep;
    for (let i = 0; i < 100; i++) at = at.in = {} as Record<string, unknown>;
    const wide = Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => 'something'));
    const text = errorToJson(Object.assign(new Error('x'), { deep, wide, buffer: Buffer.alloc(1 << 20) }));
    expect(text.length).toBeLessThan(50_000);
    expect(errorFromJson(text)).toMatchObject({ message: 'x', deep: { in: { in: {} } } });
  });

  it('may have getters that throw', () => {
    const thrown = new Error('x');
    const get = () => {
      throw new Error('not now');
    };
    Object.defineProperty(thrown, 'now', { get, enumerable: true });
    Object.assign(thrown, { ok: 1, inner: Object.defineProperty({ fine: 2 }, 'now', { get, enumerable: true }) });
    expect(across(thrown)).toMatchObject({ message: 'x', ok: 1, inner: { fine: 2 } });
  });

  it('of another realm keeps its name', () => {
    expect(across(runInNewContext('new RangeError("far")'))).toMatchObject({ name: 'RangeError', message: 'far' });
  });
});

describe('causes', () => {
  it('are kept with theirs', () => {
    const root = Object.assign(new RangeError('root'), { code: 'ROOT' });
    const error = across(new Error('top', { cause: new TypeError('middle', { cause: root }) }));
    expect(error.cause).toBeInstanceOf(Error);
    expect(error.cause).toMatchObject({ name: 'TypeError', message: 'middle' });
    expect((error.cause as AnyError).cause).toMatchObject({ name: 'RangeError', message: 'root', code: 'ROOT' });
    expect((error.cause as AnyError).cause).toHaveProperty('stack', root.stack);
    expect(Object.keys(error)).toEqual([]);
  });

  it.each([['text'], [null], [0], [{ any: 'thing' }]])('need not be errors: %j', cause => {
    expect(across(new Error('top', { cause })).cause).toEqual(cause);
  });

  it('end somewhere', () => {
    let error = new Error('0');
    for (let i = 1; i < 1000; i++) error = new Error(String(i), { cause: error });
    let depth = 0;
    for (let at: unknown = across(error); at instanceof Error; at = at.cause) depth++;
    expect(depth).toBe(8);
  });

  it('are many in an AggregateError', () => {
    const error = across(new AggregateError([new TypeError('a'), 'b'], 'both'));
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({ name: 'AggregateError', message: 'both' });
    expect(error.errors).toEqual([expect.objectContaining({ name: 'TypeError', message: 'a' }), 'b']);
  });
});

describe('what is no error', () => {
  it.each([
    ['text', 'text'],
    ['', ''],
    [42, '42'],
    [Symbol('s'), 'Symbol(s)'],
    [{ any: 'thing' }, '[object Object]'],
    [null, 'The processor threw null'],
    [undefined, 'The processor threw undefined'],
  ])('becomes one: %p', (thrown, message) => {
    const error = across(thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'Error', message });
  });

  it('but has a message is taken for one', () => {
    const error = across({ name: 'UnrecoverableError', message: 'give up', code: 3 });
    expect(error).toMatchObject({ name: 'UnrecoverableError', message: 'give up', code: 3 });
    expect(error.stack).toBe('UnrecoverableError: give up');
  });

  it.each([
    ['an object without a prototype', Object.create(null) as unknown],
    ['a revoked proxy', revoked()],
  ])('and can not be read becomes one all the same: %s', (_, thrown) => {
    expect(across(thrown).message).toBe('The error that was thrown could not be read');
  });
});

describe('a text', () => {
  it('may have a message only', () => {
    expect(errorFromJson('{"message":"out of memory"}')).toMatchObject({
      name: 'Error',
      message: 'out of memory',
      stack: 'Error: out of memory',
    });
  });

  it.each(['not JSON', 'null', '7', ''])('that is no error is a message: %j', text => {
    expect(errorFromJson(text).message).toBe(text);
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
