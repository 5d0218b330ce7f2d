/**
 * Runs the jobs that come to this thread, and sends back what becomes of them.
 */
import type { JobHandle, NativeSeat } from '../binding';
import { EventType } from '../engine/events';
import type { EngineEvent } from '../engine/events';
import { errorFromJson, errorToJson } from '../threads/error-json';
import { Calls } from './calls';
import { takesSignal } from './load-processor';
import type { ThreadProcessor } from './load-processor';
import { Outbox } from './outbox';
import { RunningJob } from './running-job';
import { sandboxedJob } from './sandboxed-job';
import type { QueueOfJob } from './sandboxed-job';

export class JobRunner {
  private readonly inHand = new Map<JobHandle, RunningJob>();
  private readonly outbox: Outbox;
  private readonly calls: Calls;
  private readonly queue: QueueOfJob;
  private readonly withSignal: boolean;
  private stopping = false;

  /** @param onStopped called once, when the seat has been given up */
  constructor(
    private readonly seat: NativeSeat,
    private readonly processor: ThreadProcessor,
    private readonly onStopped: () => void,
  ) {
    this.outbox = new Outbox(seat);
    this.calls = new Calls(seat);
    const { queue, prefix } = seat;
    this.queue = { queueName: queue, queueQualifiedName: `${prefix}:${queue}`, prefix };
    this.withSignal = takesSignal(processor);
  }

  onEvent(event: EngineEvent): void {
    // The others are for the owners of workers.
    if (event.type === EventType.job) this.run(event);
    else if (event.type === EventType.answer) this.calls.answer(event.number, event.flag, event.text);
    else if (event.type === EventType.cancel) this.cancel(event);
    else if (event.type === EventType.stop) this.stop();
  }

  private run({ job: handle, id = '', token = '', list = [] }: EngineEvent): void {
    const running = new RunningJob(handle, id, this.outbox, this.calls);
    this.inHand.set(handle, running);
    // Taken off, so that it isn't called with this object as its `this`.
    const { processor } = this;
    let result: unknown;
    try {
      const job = sandboxedJob(list, id, this.queue, running);
      result = processor(job, token, this.withSignal ? running.signal : undefined);
      if (isThenable(result)) {
        Promise.resolve(result).then(
          value => this.complete(running, value),
          (error: unknown) => this.fail(running, error),
        );
        return;
      }
    } catch (error) {
      this.fail(running, error);
      return;
    }
    this.complete(running, result);
  }

  private complete(running: RunningJob, result: unknown): void {
    let json: string;
    try {
      // undefined for what JSON has no text for: undefined itself, functions, symbols.
      json = JSON.stringify(result) ?? 'null';
    } catch (error) {
      this.fail(running, error);
      return;
    }
    running.end(() => {
      this.seat.complete(running.handle, json);
      this.release(running);
    });
  }

  private fail(running: RunningJob, error: unknown): void {
    const json = errorToJson(error);
    running.end(() => {
      this.seat.fail(running.handle, json);
      this.release(running);
    });
  }

  private cancel({ job, text }: EngineEvent): void {
    const running = this.inHand.get(job);
    if (!running) return;
    running.abort(reasonOf(text));
    this.seat.cancelling(job);
  }

  private stop(): void {
    this.stopping = true;
    this.stopWhenIdle();
  }

  private release(running: RunningJob): void {
    this.inHand.delete(running.handle);
    if (this.stopping) this.stopWhenIdle();
  }

  private stopWhenIdle(): void {
    if (this.inHand.size > 0) return;
    this.seat.detach();
    this.onStopped();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
}

/** What BullMQ's cancelJob() was given, or the error of a limit that was passed. */
function reasonOf(text: string | undefined): unknown {
  if (!text) return undefined;
  const reason: unknown = JSON.parse(text);
  const isError = typeof reason === 'object' && reason !== null && 'message' in reason;
  return isError ? errorFromJson(text) : reason;
}
