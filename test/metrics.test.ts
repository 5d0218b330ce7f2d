// The `metrics` option: counts of finished jobs by the minute, for dashboards.
import { MetricsTime } from 'bullmq';
import { useBench } from './support/queue';
import { waitFor } from './support/wait';

const bench = useBench();

describe('metrics', () => {
  it('count completed and failed jobs', async () => {
    const queue = bench.queue();
    bench.worker(
      queue,
      async job => {
        if (job.data % 4 === 0) throw new Error('told to');
      },
      { metrics: { maxDataPoints: MetricsTime.ONE_HOUR }, concurrency: 3 },
    );
    await queue.addBulk(Array.from({ length: 20 }, (_, i) => ({ name: 'job', data: i })));
    await waitFor(async () => (await queue.getCompletedCount()) === 15 && (await queue.getFailedCount()) === 5);
    expect((await queue.getMetrics('completed')).meta.count).toBe(15);
    expect((await queue.getMetrics('failed')).meta.count).toBe(5);
  });

  it('count only final failures', async () => {
    const queue = bench.queue();
    bench.worker(
      queue,
      async () => {
        throw new Error('every time');
      },
      { metrics: { maxDataPoints: 10 } },
    );
    await queue.add('job', {}, { attempts: 3 });
    await waitFor(async () => (await queue.getFailedCount()) === 1);
    expect((await queue.getMetrics('failed')).meta.count).toBe(1);
  });

  it('are not kept without the option', async () => {
    const queue = bench.queue();
    bench.worker(queue, async () => undefined);
    await queue.add('job', {});
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    const metrics = await queue.getMetrics('completed');
    expect([metrics.meta.count, metrics.data]).toEqual([0, []]);
    expect(await bench.redis.client().exists(queue.toKey('metrics:completed'))).toBe(0);
  });

  it('keep a point for each minute since the last one, up to maxDataPoints', async () => {
    const queue = bench.queue();
    const options = { metrics: { maxDataPoints: 3 } };
    bench.worker(queue, async () => undefined, options);
    await queue.add('job', {});
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    // As if that job had finished five minutes ago.
    const key = queue.toKey('metrics:completed');
    await bench.redis.client().hset(key, 'prevTS', Date.now() - 5 * 60_000);
    await queue.add('job', {});
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
    const metrics = await queue.getMetrics('completed');
    expect(metrics.meta.count).toBe(2);
    expect(metrics.data).toHaveLength(3);
  });

  it('count for removed jobs as well', async () => {
    const queue = bench.queue();
    bench.worker(queue, async () => undefined, {
      metrics: { maxDataPoints: 10 },
      removeOnComplete: { count: 0 },
    });
    await queue.addBulk(Array.from({ length: 5 }, (_, i) => ({ name: 'job', data: i })));
    await waitFor(async () => (await queue.getMetrics('completed')).meta.count === 5);
    expect(await queue.getCompletedCount()).toBe(0);
  });
});
