// `concurrency`: how many jobs a worker has in flight at once, and what happens when that changes.
import { useBench } from './support/queue';
import { Gate, waitFor, waitForEvents } from './support/wait';

const bench = useBench();

const jobs = (count: number) => Array.from({ length: count }, (_, i) => ({ name: 'job', data: { i } }));

/** A processor that counts the jobs in flight, and holds each one until it is let go. */
class Turnstile {
  inFlight = 0;
  highest = 0;
  private gates: Gate[] = [];
  private isOpen = false;

  readonly processor = async () => {
    this.inFlight++;
    this.highest = Math.max(this.highest, this.inFlight);
    if (!this.isOpen) {
      const gate = new Gate();
      this.gates.push(gate);
      await gate.opened;
    }
    this.inFlight--;
  };

  letGo(count = this.gates.length): void {
    for (const gate of this.gates.splice(0, count)) gate.open();
  }

  open(): void {
    this.isOpen = true;
    this.letGo();
  }
}

describe('concurrency', () => {
  it('is reached and never passed', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(50));
    const turnstile = new Turnstile();
    const worker = bench.worker(queue, turnstile.processor, { concurrency: 7 });
    const completed = waitForEvents(worker, 'completed', 50);
    for (let done = 0; done < 42; done += 7) {
      await waitFor(() => turnstile.inFlight === 7);
      expect(await queue.getActiveCount()).toBe(7);
      turnstile.letGo(7);
    }
    turnstile.open();
    await completed;
    expect(turnstile.highest).toBe(7);
  });

  it('is 1 by default', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(20));
    let inFlight = 0;
    let highest = 0;
    const worker = bench.worker(queue, async () => {
      highest = Math.max(highest, ++inFlight);
      await new Promise(resolve => setTimeout(resolve, 1));
      inFlight--;
    });
    expect(worker.concurrency).toBe(1);
    await waitForEvents(worker, 'completed', 20);
    expect(highest).toBe(1);
  });

  it('runs 300 jobs that wait for I/O at once', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(300));
    const turnstile = new Turnstile();
    const worker = bench.worker(queue, turnstile.processor, { concurrency: 300 });
    const completed = waitForEvents(worker, 'completed', 300);
    await waitFor(() => turnstile.inFlight === 300);
    turnstile.open();
    await completed;
    expect(await queue.getJobCounts('active', 'wait', 'completed')).toEqual({ active: 0, wait: 0, completed: 300 });
  });

  it('can be raised while the worker runs', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(30));
    const turnstile = new Turnstile();
    const worker = bench.worker(queue, turnstile.processor, { concurrency: 2 });
    const completed = waitForEvents(worker, 'completed', 30);
    await waitFor(() => turnstile.inFlight === 2);
    worker.concurrency = 6;
    expect(worker.concurrency).toBe(6);
    turnstile.letGo(1); // BullMQ looks at the new value once a job has finished
    await waitFor(() => turnstile.inFlight === 6);
    turnstile.open();
    await completed;
    expect(turnstile.highest).toBe(6);
  });

  it('can be lowered while the worker runs', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(30));
    const turnstile = new Turnstile();
    const worker = bench.worker(queue, turnstile.processor, { concurrency: 6 });
    const completed = waitForEvents(worker, 'completed', 30);
    await waitFor(() => turnstile.inFlight === 6);
    worker.concurrency = 2;
    turnstile.letGo(5);
    await waitFor(async () => (await queue.getCompletedCount()) === 5 && turnstile.inFlight === 2);
    turnstile.highest = 0;
    for (let i = 0; i < 5; i++) {
      turnstile.letGo(2);
      await waitFor(() => turnstile.inFlight === 2);
    }
    expect(turnstile.highest).toBe(2);
    turnstile.open();
    await completed;
  });

  it.each([0, -1, NaN, Infinity, '4', null])(
    'refuses %p while the worker runs, and keeps the old value',
    async value => {
      const worker = bench.worker(bench.queue(), async () => undefined, { concurrency: 3 });
      expect(() => {
        worker.concurrency = value as number;
      }).toThrow('concurrency must be a finite number greater than 0');
      expect(worker.concurrency).toBe(3);
    },
  );

  it('counts for each worker on its own', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(30));
    const turnstiles = [new Turnstile(), new Turnstile()];
    for (const turnstile of turnstiles) bench.worker(queue, turnstile.processor, { concurrency: 3 });
    await waitFor(() => turnstiles.every(turnstile => turnstile.inFlight === 3));
    expect(await queue.getActiveCount()).toBe(6);
    for (const turnstile of turnstiles) turnstile.open();
    await waitFor(async () => (await queue.getCompletedCount()) === 30);
    expect(turnstiles.map(turnstile => turnstile.highest)).toEqual([3, 3]);
  });

  it('holds while some jobs fail', async () => {
    const queue = bench.queue();
    await queue.addBulk(jobs(60));
    let inFlight = 0;
    let highest = 0;
    bench.worker(
      queue,
      async job => {
        highest = Math.max(highest, ++inFlight);
        await new Promise(resolve => setTimeout(resolve, job.data.i % 3));
        inFlight--;
        if (job.data.i % 2) throw new Error('odd');
      },
      { concurrency: 4 },
    );
    await waitFor(async () => (await queue.getCompletedCount()) === 30 && (await queue.getFailedCount()) === 30);
    expect(highest).toBe(4);
  });
});
