/**
 * Results of inline jobs, handed to the native loop together: what has come by the end of the turn goes in one call,
 * and wakes the I/O thread once.
 */
import type { JobHandle, NativeWorker } from '../binding';

export class Completions {
  private handles: JobHandle[] = [];
  private results: string[] = [];

  constructor(private readonly native: NativeWorker) {}

  /** @param json - the job's result; JSON text has no line breaks of its own. */
  add(handle: JobHandle, json: string): void {
    this.results.push(json);
    if (this.handles.push(handle) === 1) queueMicrotask(this.flush);
  }

  private readonly flush = (): void => {
    const { handles, results } = this;
    this.handles = [];
    this.results = [];
    this.native.complete(Float64Array.from(handles), results.join('\n'));
  };
}
