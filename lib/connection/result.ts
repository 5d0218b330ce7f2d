/**
 * What becomes of a `connection`: an endpoint for the native loop, or the reason why BullMQ's own loop runs instead.
 */
import type { NativeEndpoint } from '../binding';

/** Where to connect; the names of the two connections are the caller's. */
export type Endpoint = Omit<NativeEndpoint, 'commandName' | 'blockingName'> & { connectionName?: string };

export type EndpointOrReason = { endpoint: Endpoint } | { reason: string };

/** Thrown by whoever meets what the native loop can't honour; toEndpoint() makes it the reason. */
export class NotNative extends Error {}
