/**
 * BullMQ's `connection` option, in any of its forms, as an endpoint that the native loop can speak to, or the reason
 * why it can't. Opens nothing. docs/connections.md has the tables.
 */
import { checkHashTag, fromCluster } from './cluster';
import { refuseMaxRetries } from './common';
import { formOf } from './forms';
import { fromIoredis, fromOptions } from './ioredis-options';
import { fromNodeRedis } from './node-redis';
import { OptionReader } from './option-reader';
import { NotNative } from './result';
import type { Endpoint, EndpointOrReason } from './result';

export type { Endpoint, EndpointOrReason } from './result';

export interface Whose {
  /** For messages: `Worker for queue 'q'` */
  who: string;
  queue: string;
  prefix?: string;
}

/**
 * @throws TypeError that names the option that can't work; BullMQ's own Error where it has one.
 */
export function toEndpoint(connection: unknown, whose: Whose): EndpointOrReason {
  if (typeof connection !== 'object' || connection === null) {
    const wayOut = typeof connection === 'string' ? `: write { url: '${connection.replace(/\/\/.*@/, '//…@')}' }` : '';
    throw new TypeError(`${whose.who}: connection must be an object or a client, not a ${typeof connection}${wayOut}`);
  }
  try {
    return { endpoint: endpointOf(connection, whose) };
  } catch (error) {
    if (error instanceof NotNative) return { reason: error.message };
    throw error;
  }
}

function endpointOf(connection: object, { who, queue, prefix = 'bull' }: Whose): Endpoint {
  const form = formOf(connection, message => new TypeError(`${who}: ${message}`));
  switch (form.form) {
    case 'options':
      return fromOptions(who, form.options);
    case 'ioredis':
      refuseMaxRetries(form.options);
      return fromIoredis(new OptionReader(who, 'connection.options', form.options));
    case 'ioredis-cluster':
      checkHashTag(who, queue, prefix);
      return fromCluster(who, form.client);
    case 'node-redis':
      return fromNodeRedis(who, form.options);
  }
}
