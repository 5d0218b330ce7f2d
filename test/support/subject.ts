// The Worker class under test. AUROCHS_TEST_SUBJECT=bullmq runs the same suites against BullMQ's own Worker,
// which keeps the tests honest: they state what BullMQ does, not what we would like. What only this package has is in
// the suites native-*, engine, option-types and package.
import type { Worker as BullWorker } from 'bullmq';

export const subjectName = process.env.AUROCHS_TEST_SUBJECT === 'bullmq' ? 'bullmq' : 'aurochs';

/** True when the suites run against this package; what only it has is tested then. */
export const isAurochs = subjectName === 'aurochs';

// eslint-disable-next-line @typescript-eslint/no-require-imports -- chosen at run time
const subject = require(subjectName) as typeof import('bullmq');

export const Worker = subject.Worker;

export type SubjectWorker<D = any, R = any, N extends string = string> = BullWorker<D, R, N> & {
  errors: Error[];
  engine?: 'native' | 'bullmq';
  engineReason?: string;
};
