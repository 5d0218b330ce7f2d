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

/** What the native loop must know of a job that BullMQ's code has fetched: what its processor and its end need. */
export function toFlatHash(job: Job): FlatHash {
  const hash = [
    'name',
    // A hash without a name comes as undefined, whatever the types say.
    String(job.name ?? ''),
    'data',
    JSON.stringify(job.data === undefined ? {} : job.data),
    'opts',
    JSON.stringify(encodeOptions(job.opts)),
    'ats',
    String(job.attemptsStarted),
    'atm',
    String(job.attemptsMade),
  ];
  if (job.deferredFailure) hash.push('defa', job.deferredFailure);
  return hash;
}

/** Public option names to the short ones that are stored. */
function encodeOptions(options: object): Record<string, unknown> {
  const short = optsEncodeMap as Record<string, string>;
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [short[name] ?? name, value as unknown]));
}
