// A Worker's own types: generics, jobs, results, events. Compiled, never run.
import {
  Worker,
  type ConnectionHealth,
  type ConnectionStatus,
  type Job,
  type JobProgress,
  type WorkerEngine,
  type WorkerHealth,
} from 'aurochs';
import { Worker as BullWorker, type WorkerListener } from 'bullmq';
import { expectType } from './expect';

interface Picture {
  file: string;
  width: number;
}
interface Thumbnail {
  bytes: number;
}
type Names = 'resize' | 'crop';

const connection = { host: '127.0.0.1', port: 6379 };

export function generics(): void {
  const worker = new Worker<Picture, Thumbnail, Names>(
    'pictures',
    async (job, token, signal) => {
      expectType<Job<Picture, Thumbnail, Names, JobProgress>>()(job);
      expectType<Picture>()(job.data);
      expectType<number>()(job.data.width);
      expectType<Names>()(job.name);
      expectType<Thumbnail>()(job.returnvalue);
      expectType<string | undefined>()(token);
      expectType<AbortSignal | undefined>()(signal);
      // @ts-expect-error -- there is no such field
      void job.data.height;
      // @ts-expect-error -- there is no such name
      if (job.name === 'rotate') throw new Error();
      return { bytes: job.data.width };
    },
    { connection },
  );
  expectType<Worker<Picture, Thumbnail, Names>>()(worker);

  // @ts-expect-error -- the result is no Thumbnail
  new Worker<Picture, Thumbnail>('pictures', async () => ({ size: 1 }), { connection });
  // @ts-expect-error -- a processor is asynchronous
  new Worker<Picture, Thumbnail>('pictures', () => ({ bytes: 1 }), { connection });
  // @ts-expect-error -- options without a connection
  new Worker('pictures', async () => 1, { concurrency: 2 });
  // @ts-expect-error -- a queue's name is a text
  new Worker(7, async () => 1, { connection });
  // @ts-expect-error -- a number is no processor
  new Worker('pictures', 7, { connection });
}

export function inferred(): void {
  const worker = new Worker('pictures', async (job: Job<Picture>) => job.data.width, { connection });
  expectType<Worker<Picture, any, string>>()(worker as Worker<Picture, any, string>);
  new Worker('pictures', async job => expectType<any>()(job.data), { connection });
  new Worker('pictures', null, { connection });
  new Worker('pictures', undefined, { connection });
  new Worker('pictures', './resize.mjs', { connection });
  new Worker('pictures', new URL('file:///resize.mjs'), { connection });
}

export function progress(): void {
  const worker = new Worker<Picture, Thumbnail, Names, never, number>(
    'pictures',
    // @ts-expect-error -- with a progress that is a number, a text is none
    async job => (await job.updateProgress('half'), { bytes: 1 }),
    { connection },
  );
  worker.on('progress', (_job, value) => expectType<number>()(value));
}

export function events(worker: Worker<Picture, Thumbnail, Names>): void {
  type PictureJob = Job<Picture, Thumbnail, Names, JobProgress>;
  worker.on('active', (job, previous) => {
    expectType<PictureJob>()(job);
    expectType<string>()(previous);
  });
  worker.on('completed', (job, result, previous) => {
    expectType<PictureJob>()(job);
    expectType<Thumbnail>()(result);
    expectType<string>()(previous);
  });
  worker.once('failed', (job, error, previous) => {
    expectType<PictureJob | undefined>()(job);
    expectType<Error>()(error);
    expectType<string>()(previous);
    // @ts-expect-error -- a job that has stalled too often may be gone
    void job.id;
  });
  worker.on('progress', (job, value) => {
    expectType<PictureJob>()(job);
    expectType<JobProgress>()(value);
  });
  worker.on('stalled', (id, previous) => {
    expectType<string>()(id);
    expectType<string>()(previous);
  });
  worker.on('error', error => expectType<Error>()(error));
  worker.on('closing', message => expectType<string>()(message));
  worker.on('drained', (...args) => expectType<[]>()(args));
  worker.on('paused', (...args) => expectType<[]>()(args));
  worker.on('resumed', (...args) => expectType<[]>()(args));
  worker.on('ready', (...args) => expectType<[]>()(args));
  worker.on('closed', (...args) => expectType<[]>()(args));
  worker.on('lockRenewalFailed', ids => expectType<string[]>()(ids));
  worker.on('locksRenewed', renewed => expectType<{ count: number; jobIds: string[] }>()(renewed));
  // @ts-expect-error -- there is no such event
  worker.on('finished', () => undefined);
  // @ts-expect-error -- a completed event has no Error
  worker.on('completed', (_job: PictureJob, _result: Error) => undefined);
  // @ts-expect-error -- the error is missing
  worker.emit('error');

  const every: Record<keyof WorkerListener, true> = {
    ...{ active: true, closed: true, closing: true, completed: true, drained: true, error: true, failed: true },
    ...{ paused: true, progress: true, ready: true, resumed: true, stalled: true, lockRenewalFailed: true },
    ...{ locksRenewed: true, 'ioredis:close': true },
  };
  void every;
}

export async function methods(worker: Worker<Picture, Thumbnail, Names>): Promise<void> {
  expectType<void>()(await worker.close());
  await worker.close(true);
  await worker.close({ timeout: 10_000 });
  await worker.close({ force: true });
  // @ts-expect-error -- a time is a number
  await worker.close({ timeout: '10s' });
  // @ts-expect-error -- there is no such option
  await worker.close({ wait: 10 });
  // @ts-expect-error -- a bare number is neither
  await worker.close(10_000);

  expectType<WorkerEngine>()(worker.engine);
  expectType<'native' | 'bullmq'>()(worker.engine);
  expectType<string>()(worker.engineReason);
  // @ts-expect-error -- it can't be changed
  worker.engine = 'bullmq';

  const health = worker.health();
  expectType<WorkerHealth>()(health);
  expectType<'native' | 'bullmq'>()(health.engine);
  expectType<boolean>()(health.ready);
  expectType<ConnectionHealth>()(health.command);
  expectType<ConnectionHealth>()(health.blocking);
  expectType<ConnectionStatus>()(health.command.status);
  expectType<string | undefined>()(health.command.server);
  expectType<number | undefined>()(health.blocking.lastReplyAge);
  expectType<number | undefined>()(health.blocking.reconnects);
  expectType<{ code: string; message: string; age: number } | undefined>()(health.command.lastError);
  // @ts-expect-error -- ioredis has no such status
  if (health.command.status === 'closed') throw new Error();

  expectType<Job<Picture, Thumbnail, Names, JobProgress>>()(await worker.getNextJob('token', { block: false }));
  expectType<number>()(worker.concurrency);
  worker.concurrency = 7;
  expectType<boolean>()(worker.cancelJob('7', 'why'));
  expectType<void>()(worker.cancelAllJobs());
}

export function asBullMQ(worker: Worker<Picture, Thumbnail, Names>, other: BullWorker<Picture>): void {
  const bull: BullWorker<Picture, Thumbnail, Names> = worker;
  const constructor: new (...args: ConstructorParameters<typeof BullWorker>) => BullWorker = Worker;
  void [bull, constructor];
  if (bull instanceof Worker) expectType<'native' | 'bullmq'>()(bull.engine);
  if (other instanceof BullWorker) expectType<BullWorker<Picture>>()(other);
  // @ts-expect-error -- BullMQ's Worker isn't ours
  const ours: Worker<Picture> = other;
  void ours;
}

/** What an application may have made of BullMQ's. */
export class Counted<Data = any, Result = any> extends Worker<Data, Result> {
  count = 0;

  constructor(...[name, processor, options]: ConstructorParameters<typeof Worker<Data, Result>>) {
    super(name, processor, options);
    this.on('completed', () => this.count++);
  }

  override async close(force?: boolean): Promise<void> {
    await super.close(force);
  }
}
