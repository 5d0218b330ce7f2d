// Unique queues on one throw-away Redis, everything opened through it closed again after each test.
import { randomUUID } from 'node:crypto';
import {
  FlowProducer,
  Queue,
  QueueEvents,
  type Processor,
  type QueueEventsOptions,
  type QueueOptions,
  type WorkerOptions,
} from 'bullmq';
import { startRedis, type RedisServer, type StartRedisOptions } from './redis';
import { Worker, type SubjectWorker } from './subject';

interface Closable {
  close(force?: boolean): Promise<void>;
}

/** A queue name that no other test uses. */
export function uniqueName(prefix = 'q'): string {
  return `${prefix}-${randomUUID().slice(0, 13)}`;
}

/** What a test opens: workers are closed first, by force, so that no test hangs on a job that it left behind. */
export class Bench {
  redis!: RedisServer;
  private workers: Closable[] = [];
  private others: Closable[] = [];

  get connection() {
    return this.redis.connection;
  }

  async open(options?: StartRedisOptions): Promise<void> {
    this.redis = await startRedis(options);
  }

  queue(options: Partial<QueueOptions> & { name?: string } = {}): Queue {
    const { name = uniqueName(), ...rest } = options;
    return this.keep(new Queue(name, { connection: this.connection, ...rest }));
  }

  /** A worker of the subject under test; its `error` events are collected in `worker.errors`. */
  worker(
    queue: Queue | string,
    processor?: Processor | string | URL | null | object,
    options: Partial<WorkerOptions> & Record<string, unknown> = {},
  ): SubjectWorker {
    const name = typeof queue === 'string' ? queue : queue.name;
    const worker = new Worker(
      name,
      processor as Processor,
      {
        // Some benches are for servers of another kind.
        connection: options.connection ?? this.connection,
        drainDelay: 1,
        ...options,
      } as WorkerOptions,
    ) as SubjectWorker;
    worker.errors = [];
    worker.on('error', error => worker.errors.push(error));
    this.workers.push(worker);
    return worker;
  }

  /** QueueEvents from the queue's first event on, so that none is missed while it connects. */
  async events(queue: Queue, options: Partial<QueueEventsOptions> = {}): Promise<QueueEvents> {
    const events = this.keep(
      new QueueEvents(queue.name, { connection: this.connection, lastEventId: '0-0', ...options }),
    );
    await events.waitUntilReady();
    return events;
  }

  flows(prefix?: string): FlowProducer {
    return this.keep(new FlowProducer({ connection: this.connection, ...(prefix ? { prefix } : {}) }));
  }

  /** Anything with a `close()`, closed after the test. */
  keep<T extends Closable>(thing: T): T {
    this.others.push(thing);
    return thing;
  }

  /** Closes what the test opened. */
  async clear(): Promise<void> {
    const workers = this.workers.splice(0);
    await Promise.allSettled(workers.map(worker => worker.close(true)));
    await Promise.allSettled(this.others.splice(0).map(thing => thing.close()));
  }

  async stop(): Promise<void> {
    await this.clear();
    await this.redis.stop();
  }
}

/** A bench for one test file, with its hooks registered. */
export function useBench(options?: StartRedisOptions): Bench {
  const bench = new Bench();
  beforeAll(() => bench.open(options));
  afterEach(() => bench.clear());
  afterAll(() => bench.stop());
  return bench;
}
