// Progress and log rows of native jobs: what was taken is stored, and no more than the limit is on its way.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { native } from 'aurochs';
import { compile } from './support/compile';
import { useBench } from './support/queue';
import { waitFor, waitForEvent } from './support/wait';

const bench = useBench();

/** Reports that are on their way to Redis, at most. */
const kMost = 1024;
const kCalls = 100_000;

const folder = mkdtempSync(join(tmpdir(), 'aurochs-reports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const library = () =>
  compile(readFileSync(join(__dirname, 'support', 'fixtures', 'reports.cc'), 'utf8'), { name: 'reports' });

/** How often the server ran a script for a client. */
async function scriptCalls(): Promise<number> {
  const stats = String(await bench.redis.cli('INFO', 'commandstats'));
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

describe('reports of a native job', () => {
  it(`are refused once ${kMost} are on their way, and the last one taken stays`, async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(library(), 'reports_in_between'));
    const progress: number[] = [];
    worker.on('progress', (_, value) => progress.push(value as unknown as number));
    const active = waitForEvent(worker, 'active');
    const completed = waitForEvent(worker, 'completed');
    const added = await queue.add('job', folder);
    await active;
    await bench.redis.kill('SIGSTOP'); // nothing arrives
    try {
      writeFileSync(join(folder, 'go'), '');
      await waitFor(() => existsSync(join(folder, 'done')));
    } finally {
      await bench.redis.kill('SIGCONT');
    }
    const [job, result] = await completed;
    expect(result).toEqual({ taken: kMost, busy: kCalls - kMost, last: kMost - 1 });
    expect(progress).toEqual(Array.from({ length: kMost }, (_, i) => i));
    expect(job.progress).toBe(kMost - 1);
    expect((await queue.getJob(added.id!))!.progress).toBe(kMost - 1);
    expect(worker.errors).toEqual([]);
  });

  it('cost one command each, if they were taken, and none otherwise', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, native(library(), 'reports_at_once'), { skipStalledCheck: true });
    await worker.waitUntilReady();
    let heard = 0;
    worker.on('progress', () => heard++);
    const before = await scriptCalls();
    const completed = waitForEvent(worker, 'completed');
    const added = await queue.add('job', {});
    const [job, { taken, busy, last }] = await completed;
    expect(taken + busy).toBe(kCalls);
    expect(taken).toBeGreaterThanOrEqual(kMost);
    expect([heard, job.progress, (await queue.getJob(added.id!))!.progress]).toEqual([taken, last, last]);
    // Besides: adding, fetching and finishing the job.
    const others = (await scriptCalls()) - before - taken;
    expect(others).toBeGreaterThan(0);
    expect(others).toBeLessThan(20);
  });
});
