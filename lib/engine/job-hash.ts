/**
 * Jobs between Redis's flat hashes and BullMQ's Job objects.
 */
import { optsEncodeMap, raw2NextJobData } from 'bullmq';
import type { Job, JobJson } from 'bullmq';
import type { FlatHash } from '../binding';

/** Decodes a fetched hash with BullMQ's own code. */
export function toJobJson(hash: FlatHash, id: string): JobJson {
  const [json] = raw2NextJobData([hash, id, 0, 0]) as [JobJson];
  return json;
}

/**
 * The hash of a job that BullMQ's code has fetched, as far as its end needs it.
 *
 * @param whole - and its processor, which runs elsewhere.
 */
export function toFlatHash(job: Job, whole: boolean): FlatHash {
  // A hash without a name comes as undefined, whatever the types say.
  const hash = ['name', String(job.name ?? '')];
  const put = (name: string, value: unknown) => {
    if (value !== undefined && value !== null) hash.push(name, String(value));
  };
  const putJson = (name: string, value: unknown) => {
    if (value !== undefined && value !== null) hash.push(name, JSON.stringify(value));
  };
  putJson('opts', encodeOptions(job.opts));
  put('parentKey', job.parentKey);
  putJson('parent', job.parent);
  put('deid', job.deduplicationId);
  if (!whole) return hash;
  hash.push('data', JSON.stringify(job.data === undefined ? {} : job.data));
  put('ats', job.attemptsStarted);
  put('atm', job.attemptsMade);
  put('stc', job.stalledCounter || undefined);
  put('timestamp', job.timestamp);
  put('delay', job.delay);
  put('priority', job.priority);
  put('processedOn', job.processedOn);
  put('rjk', job.repeatJobKey);
  put('pb', job.processedBy);
  put('failedReason', job.failedReason);
  if (job.stacktrace?.length) putJson('stacktrace', job.stacktrace);
  putJson('progress', job.progress);
  put('defa', job.deferredFailure);
  return hash;
}

/** Public option names to the short ones that are stored. */
function encodeOptions(options: object): Record<string, unknown> {
  const short = optsEncodeMap as Record<string, string>;
  const { telemetry, ...others } = options as { telemetry?: { metadata?: unknown; omitContext?: unknown } };
  const encoded = Object.entries(others).map(([name, value]) => [short[name] ?? name, value]);
  if (telemetry?.metadata) encoded.push(['tm', telemetry.metadata]);
  if (telemetry?.omitContext) encoded.push(['omc', telemetry.omitContext]);
  return Object.fromEntries(encoded);
}
