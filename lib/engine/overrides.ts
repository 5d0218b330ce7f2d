/**
 * Which of BullMQ's hooks a subclass has overridden. The native loop does not call these, so such a worker keeps
 * BullMQ's own loop.
 */
const HOOKS = [
  'processJob',
  'handleCompleted',
  'nextJobFromJobData',
  'moveToActive',
  'moveStalledJobsToWait',
  'extendJobLocks',
  'getBlockTimeout',
  'getRateLimitDelay',
  'Job',
];

/** @returns the first such hook between `subclass` and `base`. */
export function overriddenHook(subclass: { prototype: object }, base: { prototype: object }): string | undefined {
  for (
    let prototype = subclass.prototype;
    prototype !== base.prototype && prototype !== null;
    prototype = Object.getPrototypeOf(prototype) as object
  ) {
    const hook = HOOKS.find(name => Object.hasOwn(prototype, name));
    if (hook) return hook;
  }
  return undefined;
}
