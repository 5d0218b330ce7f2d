/**
 * Calls of methods of BullMQ's Job, which run on the main thread, and their answers.
 */
import type { JobHandle, NativeSeat } from '../binding';
import { errorFromJson } from '../threads/error-json';
import type { JobMethod } from './sandboxed-job';

interface Call {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

export class Calls {
  private readonly open = new Map<number, Call>();
  private last = 0;

  constructor(private readonly seat: Pick<NativeSeat, 'call'>) {}

  send(job: JobHandle, method: JobMethod, args: unknown[]): Promise<unknown> {
    // Left out rather than sent as null, so that the method's defaults apply.
    const given = args.slice(0, args.findLastIndex(arg => arg !== undefined) + 1);
    return new Promise((resolve, reject) => {
      const id = ++this.last;
      this.seat.call(job, id, JSON.stringify({ method, args: given }));
      this.open.set(id, { resolve, reject });
    });
  }

  /** @param text JSON of the method's result, or of its error. */
  answer(id: number, ok: boolean, text: string | undefined): void {
    const call = this.open.get(id);
    if (!call) return;
    this.open.delete(id);
    if (ok) call.resolve(text ? JSON.parse(text) : undefined);
    else call.reject(errorFromJson(text ?? ''));
  }
}
