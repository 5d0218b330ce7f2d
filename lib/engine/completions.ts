/**
 * Results of inline jobs, handed to the native loop together: what has come by the end of the turn goes in one call,
 * and wakes the I/O thread once.
 */
import type { JobHandle, NativeWorker } from '../binding';

/** Characters: no turn's results may together be longer than a string can be. */
const FLUSH_AT = 1 << 20;

export class Completions {
  private handles: JobHandle[] = [];
  private results: string[] = [];
  private length = 0;

  constructor(private readonly native: NativeWorker) {}

  /** @param json - the job's result; JSON text has no line breaks of its own. */
  add(handle: JobHandle, json: string): void {
    this.results.push(json);
    this.length += json.length;
    if (this.handles.push(handle) === 1) queueMicrotask(this.flush);
    if (this.length >= FLUSH_AT) this.flush();
  }

  private readonly flush = (): void => {
    const { handles, results } = this;
    if (handles.length === 0) return;
    this.length = 0;
    this.handles = [];
    this.results = [];
    this.native.complete(new Float64Array(handles), results.join('\n'));
  };
}
