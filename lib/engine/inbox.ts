/**
 * Hands each batch of the addon's events to whom they are for: one call from C++ for each batch.
 */
import { addon } from '../binding';
import { EVENT_STRIDE, eventAt } from './events';
import type { EngineEvent } from './events';

type Listener = (event: EngineEvent) => void;

const listeners = new Map<number, Listener>();
let connected = false;

/**
 * Hears what is for the worker or run with this number.
 * @returns how to stop that.
 */
export function listen(target: number, listener: Listener): () => void {
  if (!connected) connect();
  listeners.set(target, listener);
  return () => listeners.delete(target);
}

function connect(): void {
  if (addon().eventStride !== EVENT_STRIDE) {
    throw new Error('aurochs: the native addon and the JavaScript layer are of different versions; build both anew');
  }
  addon().onEvents(deliver);
  connected = true;
}

function deliver(batch: unknown[]): void {
  for (let at = 0; at < batch.length; at += EVENT_STRIDE) {
    const listener = listeners.get(batch[at] as number);
    try {
      listener?.(eventAt(batch, at));
    } catch (error) {
      // A listener reports its own errors; whatever still comes here must not cost the rest of the batch.
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
