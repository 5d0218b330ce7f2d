/**
 * The worker's events that are about no single job, as BullMQ emits them, its spans with them.
 */
import { SpanKind, TelemetryAttributes, withDetachedContext } from 'bullmq';
import type { Span } from 'bullmq';
import type { EngineEvent } from './events';
import type { WorkerInternals } from './internals';
import type { LoopSettings } from './native-options';

export class WorkerEvents {
  constructor(
    private readonly worker: WorkerInternals,
    private readonly settings: LoopSettings,
  ) {}

  onError(event: EngineEvent): void {
    this.worker.emit('error', this.toError(event));
  }

  /** With the fields that Node's own connection errors have. */
  private toError(event: EngineEvent): Error {
    const error = new Error(event.text);
    if (!event.id) return error;
    const fields = event.text?.startsWith('connect ') ? { syscall: 'connect', ...this.where(event.text) } : {};
    return Object.assign(error, { code: event.id, ...fields });
  }

  private where(text: string): { address?: string; port?: number } {
    const { host, port, path, sentinels, cluster } = this.settings.endpoint;
    if (!sentinels && !cluster) return path ? { address: path } : { address: host, port };
    // Which server it was, the message alone says: `connect ECONNREFUSED 10.0.0.1:6379: …`
    const [, name, bare = name, number] = /^connect \S+ (\[(\S+)\]|[^\s:]+):(\d+)/.exec(text) ?? [];
    return number ? { address: bare, port: Number(number) } : {};
  }

  onStalled(ids: string[]): void {
    const emit = (id: string) => this.worker.emit('stalled', id, 'active');
    if (!this.settings.options.telemetry) {
      ids.forEach(emit);
      return;
    }
    // A sweep is nobody's child: BullMQ starts its spans at the root too.
    void withDetachedContext(this.settings.options.telemetry, () =>
      this.trace('moveStalledJobsToWait', { [TelemetryAttributes.WorkerStalledJobs]: ids }, span => {
        for (const id of ids) {
          span?.addEvent('job stalled', { [TelemetryAttributes.JobId]: id });
          emit(id);
        }
      }),
    );
  }

  onLocksRenewed(jobIds: string[]): void {
    if (this.settings.options.telemetry) {
      void this.trace('extendLocks', { [TelemetryAttributes.WorkerJobsToExtendLocks]: jobIds });
    }
    this.worker.emit('locksRenewed', { count: jobIds.length, jobIds });
  }

  onLockRenewalFailed(jobIds: string[]): void {
    this.worker.emit('lockRenewalFailed', jobIds);
    for (const id of jobIds) this.worker.emit('error', new Error(`could not renew lock for job ${id}`));
  }

  /** BullMQ's span for something that the native loop has done already. */
  private async trace(
    operation: string,
    attributes: Record<string, string[]>,
    body?: (span?: Span) => void,
  ): Promise<void> {
    const { id, name, opts } = this.worker;
    await this.worker.trace(SpanKind.INTERNAL, operation, name, span => {
      span?.setAttributes({
        [TelemetryAttributes.WorkerId]: id,
        [TelemetryAttributes.WorkerName]: opts.name,
        ...attributes,
      });
      body?.(span);
    });
  }
}
