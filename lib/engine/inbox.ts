/**
 * Hands each batch of the addon's events to whom they are for: one call from C++ for each batch.
 */
import { addon } from '../binding';
import { EVENT_FORMAT, EventBatch } from './event-batch';
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
  const { eventFormat, eventFieldNames, onEvents } = addon();
  if (eventFormat !== EVENT_FORMAT) {
    throw new Error('aurochs: the native addon and the JavaScript layer are of different versions; build both anew');
  }
  onEvents((count, numbers, texts, others) => deliver(new EventBatch(count, numbers, texts, others, eventFieldNames)));
  connected = true;
}

function deliver(batch: EventBatch): void {
  while (!batch.done) {
    const listener = listeners.get(batch.target());
    const event = batch.event();
    try {
      listener?.(event);
    } catch (error) {
      // A listener reports its own errors; whatever still comes here must not cost the rest of the batch.
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
