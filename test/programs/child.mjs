// What the programs of the tests share: their input, their output, and the package under test.
import { writeSync } from 'node:fs';

/** What the test gave to the program. */
export const input = JSON.parse(process.env.AUROCHS_TEST_INPUT);

/** The package under test; BullMQ itself when the tests are tried on it. */
export const subject = await import(input.subject ?? process.env.AUROCHS_TEST_SUBJECT);

/** Tells the test; synchronously, since some programs die soon after. */
export function say(event, rest = {}) {
  writeSync(1, `${JSON.stringify({ event, ...rest })}\n`);
}

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

/** Keeps the thread busy. */
export function spin(ms) {
  const end = Date.now() + ms;
  while (Date.now() < end);
}

/** A native processor of the fixtures; tried on BullMQ, which has none, what stands in for it. */
export function native(symbol, instead) {
  return input.library ? subject.native(input.library, symbol) : instead;
}

/** Sleeps for the `ms` of the job's data, on a native thread if there are any. */
export const nap = () => native('nap_for', job => sleep(job.data.ms));

/** Resolves with the arguments of the next `event`. */
export function next(emitter, event) {
  return new Promise(resolve => emitter.once(event, (...args) => resolve(args)));
}
