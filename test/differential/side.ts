// One of the two databases that live through the same history, with BullMQ's classes to change it.
import { FlowProducer, Queue, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { RedisServer } from '../support/redis';
import type { Script } from './reference';

export const kQueue = 'q';
export const kElsewhere = 'elsewhere';
export const kPrefix = 'bull';

/** What BullMQ's Worker has, and its Queue doesn't show: the scripts that only workers call. */
interface WorkersBackend {
  moveStalledJobsToWait(): Promise<string[]>;
}

export class Side {
  readonly redis: Redis;
  readonly queue: Queue;
  readonly elsewhere: Queue;
  readonly flows: FlowProducer;

  private constructor(redis: Redis) {
    this.redis = redis;
    const options = { connection: redis, prefix: kPrefix, skipMetasUpdate: true };
    const stalled = { maxStalledCount: 1, stalledInterval: 600_000 };
    this.queue = new Queue(kQueue, { ...options, ...stalled } as typeof options);
    this.elsewhere = new Queue(kElsewhere, options);
    this.flows = new FlowProducer({ connection: redis, prefix: kPrefix });
  }

  static async open(server: RedisServer, db: number): Promise<Side> {
    const side = new Side(server.connect({ db }));
    await Promise.all([side.queue.waitUntilReady(), side.elsewhere.waitUntilReady(), side.flows.waitUntilReady()]);
    return side;
  }

  key(name: string, queue = kQueue): string {
    return `${kPrefix}:${queue}:${name}`;
  }

  /** The job with BullMQ's methods; throws when there is none. */
  async job(id: string): Promise<Job> {
    const job = await this.queue.getJob(id);
    if (!job) throw new Error(`no job ${id}`);
    return job;
  }

  async sweep(): Promise<string[]> {
    await this.redis.del(this.key('stalled-check'));
    const { backend } = this.queue as unknown as { backend: WorkersBackend };
    return backend.moveStalledJobsToWait();
  }

  /** By its digest; by its text when Redis doesn't have it yet. */
  async run(script: Script, keys: string[], args: (string | number)[]): Promise<unknown> {
    try {
      return await this.redis.evalsha(script.sha1, keys.length, ...keys, ...args);
    } catch (error) {
      if (!String(error).includes('NOSCRIPT')) throw error;
      return await this.redis.eval(script.source, keys.length, ...keys, ...args);
    }
  }

  async clear(): Promise<void> {
    await this.redis.flushdb();
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.queue.close(), this.elsewhere.close(), this.flows.close()]);
    this.redis.disconnect();
  }
}
