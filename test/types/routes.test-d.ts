// Processors by job name, native(), pool, include. Compiled, never run.
import {
  include,
  native,
  pool,
  type TimeLimitError,
  Worker,
  type Job,
  type JobProgress,
  type NativeProcessor,
  type PoolStats,
  type RouteOptions,
  type RouteProcessor,
  type Routes,
  type WorkerProcessor,
} from 'aurochs';
import { expectType } from './expect';

type Names = 'resize' | 'crop';
interface Picture {
  width: number;
}

const connection = { host: '127.0.0.1', port: 6379 };

export function natives(): void {
  expectType<NativeProcessor>()(native('./fib.so'));
  expectType<NativeProcessor>()(native(new URL('file:///fib.so'), 'fib'));
  new Worker('fib', native('./fib.so'), { connection, concurrency: 8 });
  const typed = new Worker<{ n: number }, number>('fib', native('./fib.so'), { connection });
  typed.on('completed', (job, result) => {
    expectType<number>()(job.data.n);
    expectType<number>()(result);
  });
  // @ts-expect-error -- a path or a URL
  native(7);
  // @ts-expect-error -- a symbol is a text
  native('./fib.so', 7);
  // @ts-expect-error -- a list is no processor
  new Worker('fib', [native('./fib.so')], { connection });
}

export function byName(): void {
  new Worker<Picture, number, Names>(
    'pictures',
    {
      resize: async job => {
        expectType<Job<Picture, number, 'resize', JobProgress>>()(job);
        return job.data.width;
      },
      crop: { processor: './crop.mjs', concurrency: 2, threads: 1, timeLimit: 1000, softTimeLimit: 500 },
      '*': async (job, _token, signal) => {
        expectType<Names>()(job.name);
        expectType<AbortSignal | undefined>()(signal);
        return 1;
      },
    },
    { connection, threads: 2 },
  );
  new Worker('any', { a: async job => expectType<Job<any, any, string, JobProgress>>()(job) }, { connection });
  new Worker('any', { a: { processor: async job => expectType<string>()(job.name) } }, { connection });
  new Worker('any', { a: native('./a.so'), b: new URL('file:///b.mjs'), '*': async job => job.id }, { connection });

  // @ts-expect-error -- the result is a number
  new Worker<Picture, number, Names>('pictures', { resize: async () => 'big' }, { connection });
  // @ts-expect-error -- no job has this name
  new Worker<Picture, number, Names>('pictures', { resise: async () => 1 }, { connection });
  // @ts-expect-error -- there is no such option
  new Worker('any', { a: { processor: './a.mjs', retries: 2 } }, { connection });
  // @ts-expect-error -- an entry needs a processor
  new Worker('any', { a: { concurrency: 2 } }, { connection });
  // @ts-expect-error -- a number
  new Worker('any', { a: { processor: './a.mjs', timeLimit: '1s' } }, { connection });
}

export function names(): void {
  const routes: Routes<Picture, number, Names> = { crop: './crop.mjs' };
  const options: RouteOptions<Picture, number, 'crop'> = { processor: './crop.mjs' };
  const processor: RouteProcessor<Picture, number> = async job => job.data.width;
  const any: WorkerProcessor<Picture, number, Names>[] = [routes, processor, './a.mjs', native('./a.so')];
  void [options, any];
}

export function others(error: TimeLimitError): void {
  expectType<string>()(include);
  expectType<void>()(pool.configure({ threads: 4 }));
  expectType<PoolStats>()(pool.stats());
  expectType<number>()(pool.stats().queued);
  // @ts-expect-error -- how many?
  pool.configure({});
  // @ts-expect-error -- a number
  pool.configure({ threads: '4' });
  const name: 'TimeLimitError' = error.name;
  const asError: Error = error;
  void [name, asError];
}
