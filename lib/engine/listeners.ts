/**
 * The native loop makes only those events that somebody listens to: keeps it told of who does.
 */
import type { EventEmitter } from 'node:events';

export interface Audience {
  updateInterest(isListenedTo: (event: string) => boolean): void;
}

export function watchListeners(emitter: EventEmitter, audience: Audience): void {
  const isListenedTo = (event: string) => emitter.listenerCount(event) > 0;
  emitter.on('newListener', (added: string) =>
    audience.updateInterest(event => event === added || isListenedTo(event)),
  );
  emitter.on('removeListener', () => audience.updateInterest(isListenedTo));
  audience.updateInterest(isListenedTo);
}
