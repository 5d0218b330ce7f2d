/**
 * The native loop makes only those events that somebody listens to: keeps it told of who does.
 */
import type { EventEmitter } from 'node:events';

export interface Audience {
  updateInterest(isListenedTo: (event: string) => boolean): void;
}

/** @param all - every event is wanted, listened to or not. */
export function watchListeners(emitter: EventEmitter, audience: Audience, all: boolean): void {
  const isListenedTo = (event: string) => all || emitter.listenerCount(event) > 0;
  emitter.on('newListener', (added: string) =>
    audience.updateInterest(event => event === added || isListenedTo(event)),
  );
  emitter.on('removeListener', () => audience.updateInterest(isListenedTo));
  audience.updateInterest(isListenedTo);
}
