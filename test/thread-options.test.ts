// `workerThreadsOptions`: what is refused, and which flags of theirs go to the threads.
import { once } from 'node:events';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { checkThreadOptions, threadOptions } from '../lib/threads/thread-options';

describe('workerThreadsOptions', () => {
  it.each([
    ['all', 'workerThreadsOptions must be an object, not all'],
    [[], 'workerThreadsOptions must be an object, not '],
    [{ argv: '--all' }, 'workerThreadsOptions.argv must be an array, not --all'],
    [{ env: 1 }, 'workerThreadsOptions.env must be an object or SHARE_ENV, not 1'],
    [{ env: Symbol('mine') }, 'workerThreadsOptions.env must be an object or SHARE_ENV, not Symbol(mine)'],
    [{ eval: true }, 'workerThreadsOptions.eval must be left out: threads run a file, not true'],
    [{ execArgv: '--no-warnings' }, 'workerThreadsOptions.execArgv must be an array of strings, not --no-warnings'],
    [{ execArgv: [1] }, 'workerThreadsOptions.execArgv must be an array of strings, not 1'],
    [{ name: 7 }, 'workerThreadsOptions.name must be a string, not 7'],
    [{ stdout: 'pipe' }, 'workerThreadsOptions.stdout must be a boolean, not pipe'],
    [{ resourceLimits: 64 }, 'workerThreadsOptions.resourceLimits must be an object, not 64'],
    [
      { resourceLimits: { maxOldGenerationSizeMb: '64' } },
      'workerThreadsOptions.resourceLimits.maxOldGenerationSizeMb must be a positive number of megabytes, not 64',
    ],
    [
      { resourceLimits: { stackSizeMb: -1 } },
      'workerThreadsOptions.resourceLimits.stackSizeMb must be a positive number of megabytes, not -1',
    ],
  ])('%j are refused', (given, message) => {
    expect(() => checkThreadOptions(given)).toThrow(new TypeError(message));
  });

  it.each([
    [undefined],
    [null],
    [{}],
    [{ env: SHARE_ENV, argv: [1, 'two'], execArgv: [], name: '', stdin: true, eval: false, workerData: () => 1 }],
    [{ env: { A: 'b' }, resourceLimits: { maxYoungGenerationSizeMb: 0.5 }, execArgv: undefined, argv: null }],
  ])('%p are taken', given => {
    expect(() => checkThreadOptions(given)).not.toThrow();
  });
});

describe('execArgv', () => {
  let warnings: jest.SpyInstance;
  beforeEach(() => (warnings = jest.spyOn(process, 'emitWarning').mockImplementation()));
  afterEach(() => warnings.mockRestore());

  /** What goes to the threads, and what the warning names. */
  function filter(execArgv: string[]): [string[], string | undefined] {
    const accepted = threadOptions({ execArgv }).execArgv!;
    expect(warnings.mock.calls.length).toBeLessThan(2);
    const text = warnings.mock.calls[0]?.[0] as string | undefined;
    return [accepted, text?.slice(text.lastIndexOf(': ') + 2)];
  }

  it.each([
    [
      ['--max-old-space-size=512', '--import', './x.mjs', '--no-warnings'],
      ['--import', './x.mjs', '--no-warnings'],
      '--max-old-space-size=512',
    ],
    [['--max-old-space-size', '512', '--no-warnings'], ['--no-warnings'], '--max-old-space-size 512'],
    [['--expose_gc', '-r', 'x', '--title=t', '--expose_gc'], ['-r', 'x'], '--expose_gc --title=t --expose_gc'],
    [['--no-warnings', '--no-such-flag=a, b'], ['--no-warnings'], '--no-such-flag=a, b'],
    [['--conditions', 'a', '--trace-uncaught'], ['--conditions', 'a', '--trace-uncaught'], undefined],
  ])('%j', (given, accepted, refused) => {
    expect(filter(given)).toEqual([accepted, refused]);
  });

  it('of which threads take all that is left', async () => {
    const [execArgv] = filter(['--max-old-space-size', '512', '--no-warnings', '--expose-gc', '--conditions', 'a']);
    const source = 'require("node:worker_threads").parentPort.postMessage(process.execArgv)';
    const thread = new Worker(source, { eval: true, execArgv });
    expect(await once(thread, 'message')).toEqual([['--no-warnings', '--conditions', 'a']]);
    await once(thread, 'exit');
  });

  it('that is wrong in itself is left to Node to refuse', () => {
    expect(filter(['--import'])).toEqual([['--import'], undefined]);
  });

  it('is warned of once for the same options', () => {
    const options = { execArgv: ['--expose-gc'], name: 'painter' };
    expect(threadOptions(options)).toEqual({ execArgv: [], name: 'painter' });
    expect(threadOptions(options)).toBe(threadOptions(options));
    expect(warnings).toHaveBeenCalledTimes(1);
    expect(warnings).toHaveBeenCalledWith(expect.any(String), { code: 'AUROCHS_EXEC_ARGV' });
    expect(options.execArgv).toEqual(['--expose-gc']);
  });

  it('that there is none of leaves the flags of the process to Node', () => {
    expect(threadOptions(undefined)).toEqual({});
    expect(threadOptions({ name: 'painter' })).toEqual({ name: 'painter' });
  });
});
