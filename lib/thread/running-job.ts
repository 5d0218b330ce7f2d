/**
 * A job in hand on this thread: what its processor sends by it, and its signal.
 */
import type { JobHandle } from '../binding';
import type { Calls } from './calls';
import type { Outbox } from './outbox';
import type { JobLine, JobMethod } from './sandboxed-job';

const taken = Promise.resolve();

export class RunningJob implements JobLine {
  private controller: AbortController | undefined;
  /** Rows and calls that are not through yet. */
  private outstanding = 0;
  /** The processor has come to its end. */
  private ended = false;
  private onIdle: (() => void) | undefined;

  constructor(
    readonly handle: JobHandle,
    private readonly id: string,
    private readonly outbox: Outbox,
    private readonly calls: Calls,
  ) {}

  /** Made when it is asked for. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }

  /** To abort a signal that nobody has asked for is of no use. */
  abort(reason: unknown): void {
    this.controller?.abort(reason);
  }

  progress(json: string): Promise<void> {
    return this.send('progress', json);
  }

  log(row: string): Promise<void> {
    return this.send('log', row);
  }

  async call(method: JobMethod, args: unknown[]): Promise<unknown> {
    if (this.ended) throw new Error(`${method}() was called after job ${this.id} had been processed`);
    this.outstanding++;
    try {
      return await this.calls.send(this.handle, method, args);
    } finally {
      this.through();
    }
  }

  /**
   * The processor has come to its end. What it has sent without waiting for it takes effect before the job ends, as
   * with BullMQ; what some callback of its sends from now on does not.
   */
  end(then: () => void): void {
    this.ended = true;
    if (this.outstanding === 0) then();
    else this.onIdle = then;
  }

  private send(kind: 'progress' | 'log', text: string): Promise<void> {
    // Silent, as with BullMQ: a timer that outlives its job must not take the thread down.
    if (this.ended) return taken;
    let resolve!: () => void;
    const onTaken = () => {
      resolve();
      this.through();
    };
    if (this.outbox.send(kind, this.handle, text, onTaken)) return taken;
    this.outstanding++;
    return new Promise(settle => (resolve = settle));
  }

  private through(): void {
    if (--this.outstanding === 0) this.onIdle?.();
  }
}
