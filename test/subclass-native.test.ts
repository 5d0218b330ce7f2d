// A subclass that overrides what the native loop does not call for jobs on other threads: BullMQ's loop runs, or, for
// emit(), the loop makes every event.
import { native, Worker } from 'aurochs';
import { fixtures } from './support/compile';
import { useBench } from './support/queue';
import { waitFor } from './support/wait';

const bench = useBench();

describe('a subclass with a native processor that overrides', () => {
  it.each(['callProcessJob', 'createJob', 'emit', 'getUnrecoverableErrorMessage'])('%s', async hook => {
    let calls = 0;
    class Subclass extends Worker {}
    const inherited = (Worker.prototype as any)[hook];
    Object.defineProperty(Subclass.prototype, hook, {
      value(this: unknown, ...args: unknown[]) {
        if (hook !== 'emit' || args[0] === 'completed') calls++;
        return inherited.apply(this, args);
      },
    });
    const queue = bench.queue();
    const worker = bench.keep(
      new Subclass(queue.name, native(fixtures(), 'sum') as never, {
        connection: bench.connection,
      }),
    );
    worker.on('error', () => undefined);
    await queue.add('job', { a: 1 });
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    await waitFor(() => calls > 0); // Redis knows of it a little earlier
    expect(worker.engine).toBe(hook === 'emit' ? 'native' : 'bullmq');
  });
});
