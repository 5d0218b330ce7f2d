// A telemetry adapter that records spans and counters in memory, contexts carried by AsyncLocalStorage.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes, Span, SpanKind, Telemetry } from 'bullmq';

/** One recorded span. */
export class RecordedSpan implements Span {
  attributes: Attributes = {};
  events: string[] = [];
  exceptions: unknown[] = [];
  ended = 0;

  constructor(
    readonly id: number,
    readonly name: string,
    readonly kind: SpanKind | undefined,
    readonly parentId: number | undefined,
  ) {}

  setSpanOnContext(): unknown {
    return { spanId: this.id };
  }
  setAttribute(key: string, value: Attributes[string]): void {
    this.attributes[key] = value;
  }
  setAttributes(attributes: Attributes): void {
    Object.assign(this.attributes, attributes);
  }
  addEvent(name: string): void {
    this.events.push(name);
  }
  recordException(exception: unknown): void {
    this.exceptions.push(exception);
  }
  end(): void {
    this.ended++;
  }
}

interface Context {
  spanId?: number;
}

export class RecordedTelemetry implements Telemetry<Context> {
  readonly spans: RecordedSpan[] = [];
  readonly counts = new Map<string, number>();
  private readonly storage = new AsyncLocalStorage<Context>();

  tracer = {
    startSpan: (name: string, options?: { kind: SpanKind }, context?: Context) => {
      const parent = context ?? this.contextManager.active();
      const span = new RecordedSpan(this.spans.length + 1, name, options?.kind, parent.spanId);
      this.spans.push(span);
      return span;
    },
  };

  contextManager = {
    with: <A extends (...args: any[]) => any>(context: Context, fn: A): ReturnType<A> => this.storage.run(context, fn),
    active: (): Context => this.storage.getStore() ?? {},
    root: (): Context => ({}),
    getMetadata: (context: Context) => JSON.stringify(context),
    fromMetadata: (_active: Context, metadata: string) => JSON.parse(metadata) as Context,
  };

  meter = {
    createCounter: (name: string) => ({
      add: (value: number) => void this.counts.set(name, (this.counts.get(name) ?? 0) + value),
    }),
    createHistogram: (name: string) => ({
      record: () => void this.counts.set(name, (this.counts.get(name) ?? 0) + 1),
    }),
    createGauge: () => ({ record: () => undefined }),
  };

  /** The spans of one operation, such as `process` or `complete`. */
  of(operation: string): RecordedSpan[] {
    return this.spans.filter(span => span.attributes['bullmq.queue.operation'] === operation);
  }
}
