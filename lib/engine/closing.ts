/**
 * What closes when a worker with a native loop does, in this order.
 */
import { stopSweepingByHand } from './internals';
import type { WorkerInternals } from './internals';
import type { NativeLoop } from './native-loop';
import type { ClientLease } from './shared-client';

/** A step that fails is an `error` event, and the next one comes all the same. */
export async function closeParts(
  worker: WorkerInternals,
  loop: NativeLoop,
  client: ClientLease,
  force: boolean,
  timeout: number | undefined,
): Promise<void> {
  worker.abortDelayController?.abort();
  const steps = [
    () => loop.close(force, timeout),
    () => worker.childPool?.clean(),
    () => worker.lockManager.close(),
    () => worker.backend.close(loop.forced),
    () => client.release(loop.forced),
  ];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      worker.emit('error', error);
    }
  }
  stopSweepingByHand(worker);
}

/** Hurries a close that waits, for jobs or for a Redis that is away. */
export async function hurryClose(worker: WorkerInternals, loop: NativeLoop, client: ClientLease): Promise<void> {
  await loop.close(true);
  if (worker.closed) return;
  await (client.foreign ? worker.backend.disconnect().catch(() => undefined) : client.release(true));
}
