// A program of BullMQ's, as its guides would have it, for the compiler alone: test/types.test.ts compiles it as it
// stands, and with nothing but the specifier changed to 'aurochs'.
import {
  DelayedError,
  FlowProducer,
  type Job,
  type JobScheduler,
  MetricsTime,
  Queue,
  QueueEvents,
  QueueEventsProducer,
  RateLimitError,
  UnrecoverableError,
  WaitingChildrenError,
  Worker,
  delay,
  type BackoffStrategy,
  type ConnectionOptions,
  type FlowJob,
  type JobJson,
  type JobNode,
  type JobProgress,
  type JobsOptions,
  type JobType,
  type Processor,
  type QueueEventsListener,
  type QueueOptions,
  type RateLimiterOptions,
  type RepeatOptions,
  type SandboxedJob,
  type Span,
  type Telemetry,
  type WorkerListener,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import { pathToFileURL } from 'node:url';

interface Order {
  id: number;
  customer: string;
  items: { sku: string; amount: number }[];
}
interface Invoice {
  total: number;
  file?: string;
}
type OrderName = 'place' | 'cancel' | 'refund';
interface Stage {
  step: 'charge' | 'ship' | 'done';
}

const client = new Redis({ maxRetriesPerRequest: null });
const connection: ConnectionOptions = { host: '127.0.0.1', port: 6379, db: 1 };
const shared: QueueOptions = { connection, prefix: 'shop', defaultJobOptions: { attempts: 3, removeOnComplete: 100 } };

const orders = new Queue<Order, Invoice, OrderName>('orders', shared);
const mails = new Queue<{ to: string } & Partial<Stage>>('mails', { connection: client });
const events = new QueueEvents('orders', { connection, prefix: 'shop' });
const flows = new FlowProducer({ connection, prefix: 'shop' });

export async function produce(): Promise<Invoice | undefined> {
  const options: JobsOptions = { backoff: { type: 'exponential', delay: 1000 }, priority: 2, delay: 10 };
  const placed: Job<Order, Invoice, OrderName> = await orders.add(
    'place',
    { id: 1, customer: 'ada', items: [] },
    options,
  );
  await orders.addBulk([
    {
      name: 'cancel',
      data: { id: 2, customer: 'bob', items: [] },
      opts: { deduplication: { id: 'order-2', ttl: 500 } },
    },
    { name: 'refund', data: { id: 3, customer: 'eve', items: [{ sku: 'x', amount: 1 }] } },
  ]);
  const repeat: Omit<RepeatOptions, 'key'> = { pattern: '0 3 * * *', tz: 'Europe/Berlin', limit: 10 };
  const first = await orders.upsertJobScheduler('cancel', repeat, {
    name: 'cancel',
    data: { id: 0, customer: 'nobody', items: [] },
    opts: { attempts: 5 },
  });
  const schedulers = await orders.getJobSchedulers(0, 9, true);
  schedulers.map(scheduler => scheduler.next ?? 0);
  await orders.removeJobScheduler('cancel');
  const states: JobType[] = ['waiting', 'active', 'failed'];
  const counts: Record<string, number> = await orders.getJobCounts(...states);
  const listed: Job<Order, Invoice, OrderName>[] = await orders.getJobs(states, 0, 99, true);
  await orders.setGlobalConcurrency(4);
  await orders.pause();
  await orders.resume();
  await orders.clean(60_000, 1000, 'completed');
  const metrics = await orders.getMetrics('completed', 0, MetricsTime.ONE_HOUR);
  const json: JobJson | undefined = first?.asJSON();
  void [counts.waiting, listed.length, metrics.count, json?.stacktrace];
  return placed.waitUntilFinished(events, 5000);
}

export async function flow(): Promise<number> {
  const tree: FlowJob = {
    name: 'place',
    queueName: 'orders',
    data: { id: 4 },
    children: [
      { name: 'charge', queueName: 'payments', data: {}, opts: { failParentOnFailure: true } },
      { name: 'mail', queueName: 'mails', data: { to: 'ada' }, opts: { ignoreDependencyOnFailure: true } },
    ],
  };
  const node: JobNode = await flows.add(tree);
  const nodes = await flows.addBulk([tree, { ...tree, children: undefined }]);
  const fetched = await flows.getFlow({ id: node.job.id!, queueName: 'orders', depth: 2 });
  const { processed, unprocessed } = await fetched.job.getDependencies();
  return nodes.length + Object.keys(processed ?? {}).length + (unprocessed?.length ?? 0);
}

const limiter: RateLimiterOptions = { max: 10, duration: 1000 };
const backoff: BackoffStrategy = (attempts, type, error, job) =>
  type === 'custom' && job && !(error instanceof UnrecoverableError) ? attempts * 100 : -1;

const place: Processor<Order, Invoice, OrderName> = async (job, token, signal) => {
  if (job.data.items.length === 0) throw new UnrecoverableError('nothing was ordered');
  if (job.attemptsMade > 1) {
    await job.moveToDelayed(Date.now() + 1000, token);
    throw new DelayedError();
  }
  if (job.name === 'refund' && (await job.moveToWaitingChildren(token!))) throw new WaitingChildrenError();
  const children: Record<string, number> = await job.getChildrenValues<number>();
  await job.updateProgress({ step: 'charge' });
  await job.updateProgress(50);
  const rows: number = await job.log(`order ${job.data.id}`);
  signal?.throwIfAborted();
  await job.updateData({ ...job.data, customer: 'somebody' });
  await job.extendLock(token!, 1000);
  await delay(rows);
  return { total: Object.values(children).reduce((sum, value) => sum + value, 0) };
};

export async function steps(job: Job<Stage, Stage['step']>, token?: string): Promise<Stage['step']> {
  let { step } = job.data;
  while (step !== 'done') {
    switch (step) {
      case 'charge':
        await flows.add({
          name: 'x',
          queueName: 'payments',
          opts: { parent: { id: job.id!, queue: job.queueQualifiedName } },
        });
        step = 'ship';
        break;
      case 'ship':
        if (token && (await job.moveToWaitingChildren(token))) throw new WaitingChildrenError();
        step = 'done';
        break;
      default: {
        const never: never = step;
        throw new Error(String(never));
      }
    }
    await job.updateData({ step });
  }
  return step;
}

/** What a sandboxed processor's file would export. */
export default async function sandboxed(job: SandboxedJob<Order, Invoice>): Promise<Invoice> {
  await job.updateProgress(10);
  job.log('sandboxed');
  return { total: job.data.items.length, file: `${job.id}.pdf` };
}

const span: Span = {
  setSpanOnContext: context => context,
  setAttribute: () => undefined,
  setAttributes: () => undefined,
  addEvent: () => undefined,
  recordException: () => undefined,
  end: () => undefined,
};
const telemetry: Telemetry<string> = {
  tracer: { startSpan: () => span },
  contextManager: {
    with: (_context, fn) => fn(),
    active: () => 'context',
    getMetadata: context => context,
    fromMetadata: (_active, metadata) => metadata,
  },
};

const options: WorkerOptions = {
  ...{ connection, prefix: 'shop', concurrency: 50, limiter, telemetry, autorun: false, name: 'shop-worker' },
  ...{ lockDuration: 30_000, lockRenewTime: 15_000, stalledInterval: 30_000, maxStalledCount: 1, drainDelay: 5 },
  ...{ skipLockRenewal: false, skipStalledCheck: false, maximumRateLimitDelay: 30_000, maxStartedAttempts: 5 },
  metrics: { maxDataPoints: MetricsTime.ONE_WEEK },
  removeOnComplete: { age: 3600, count: 1000 },
  removeOnFail: { age: 24 * 3600 },
  settings: { backoffStrategy: backoff },
};

export class ShopWorker<D = Order, R = Invoice, N extends string = OrderName> extends Worker<D, R, N> {
  handled = 0;

  constructor(name: string, processor: Processor<D, R, N> | string | URL | null, opts?: WorkerOptions) {
    super(name, processor, opts);
    this.on('completed', () => (this.handled += 1));
  }

  override async close(force = false): Promise<void> {
    this.removeAllListeners();
    await super.close(force);
  }

  protected override async handleFailed(...args: Parameters<Worker<D, R, N>['handleFailed']>): Promise<Job<D, R, N>> {
    return super.handleFailed(...args);
  }
}

export async function work(): Promise<void> {
  const inline = new Worker<Order, Invoice, OrderName>('orders', place, options);
  const mailer = new Worker(
    'mails',
    async job => {
      if (job.data.to === 'nobody') {
        await mails.rateLimit(1000);
        throw Worker.RateLimitError();
      }
      return `sent to ${job.data.to}`;
    },
    { connection: client, limiter },
  );
  const files: Worker[] = [
    new Worker('pdf', '/srv/pdf.js', { connection, useWorkerThreads: true }),
    new Worker('pdf', pathToFileURL('/srv/pdf.mjs'), { connection, concurrency: 4 }),
  ];
  const shop = new ShopWorker('orders', place, options);
  const byHand = new Worker<Order>('orders', undefined, { connection });
  const everything: Worker[] = [inline as Worker, mailer, ...files, byHand];

  const onCompleted: WorkerListener<Order, Invoice, OrderName>['completed'] = (job, { total }, previous) =>
    console.log(job.data.customer, job.returnvalue.total === total, previous, job.finishedOn! - job.processedOn!);
  inline.on('completed', onCompleted);
  inline.off('completed', onCompleted);
  inline.on('failed', (job, error) => console.error(job?.attemptsMade, job?.failedReason, error.message));
  inline.on('progress', (job, progress: JobProgress) => console.log(job.name === 'place', progress));
  inline.once('ready', () => console.log(inline.name, inline.opts.concurrency, inline.isRunning(), inline.isPaused()));
  inline.on('error', error => console.error(error instanceof RateLimitError, error.message));
  inline.on('ioredis:close', () => undefined);

  const job = (await byHand.getNextJob('token')) as Job<Order, Invoice> | undefined;
  if (job) {
    const next = await job.moveToCompleted({ total: 1 }, 'token', false);
    await job.moveToFailed(new Error('no'), 'token', true);
    console.log(next, await job.getState(), await job.isFailed());
  }
  const scheduler: JobScheduler = await inline.jobScheduler;
  void scheduler;
  void inline.run();
  await inline.waitUntilReady();
  await inline.pause(true);
  await inline.resume();
  inline.concurrency = 100;
  console.log(inline.cancelJob('7', 'too late'), inline.minimumBlockTimeout);
  process.once('SIGTERM', () => {
    Promise.all([...everything, shop].map(worker => worker.close())).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}

interface ShopEvents extends QueueEventsListener {
  shipped: (args: { orderId: string }, id: string) => void;
}

export async function listen(): Promise<void> {
  events.on('completed', ({ jobId, returnvalue, prev }, id) => console.log(jobId, returnvalue, prev, id));
  events.on('failed', ({ jobId, failedReason }) => console.log(jobId, failedReason.length));
  events.on('progress', ({ jobId, data }) => console.log(jobId, data));
  events.on('waiting-children', ({ jobId }) => console.log(jobId));
  events.on<ShopEvents>('shipped', ({ orderId }: { orderId: string }) => console.log(orderId));
  const producer = new QueueEventsProducer('orders', { connection });
  await producer.publishEvent({ eventName: 'shipped', orderId: '7' });
  await Promise.all([producer.close(), events.close(), flows.close(), orders.close(), mails.close()]);
}
