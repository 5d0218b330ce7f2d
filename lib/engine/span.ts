/**
 * BullMQ's spans around what a Worker does here in place of BullMQ.
 */
import { SpanKind, TelemetryAttributes } from 'bullmq';
import { internals } from './internals';

/** Runs `body` in one of BullMQ's INTERNAL spans, with its attributes. */
export function span(
  worker: object,
  operation: string,
  attributes: Record<string, unknown> = {},
  body: () => Promise<void> | void = () => undefined,
): Promise<void> {
  const bull = internals(worker);
  return bull.trace(SpanKind.INTERNAL, operation, bull.name, async traced => {
    traced?.setAttributes({
      [TelemetryAttributes.WorkerId]: bull.id,
      [TelemetryAttributes.WorkerName]: bull.opts.name,
      ...(attributes as Record<string, string>),
    });
    await body();
  });
}
