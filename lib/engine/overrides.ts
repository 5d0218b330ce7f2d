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

/** Hooks that are called for jobs on the event loop only. */
const INLINE_HOOKS = ['callProcessJob', 'createJob', 'getUnrecoverableErrorMessage'];

export interface Overrides {
  /** A hook that the native loop never calls. */
  always?: string;
  /** A hook that it doesn't call for jobs that run on other threads. */
  inlineOnly?: string;
}

export function overridesOf(subclass: { prototype: object }, base: { prototype: object }): Overrides {
  return {
    always: overriddenHook(HOOKS, subclass, base),
    inlineOnly: overriddenHook(INLINE_HOOKS, subclass, base),
  };
}

/** @returns whether a subclass sees all events pass, listened to or not. */
export function overridesEmit(worker: object, base: { prototype: object }): boolean {
  return (worker as { emit: unknown }).emit !== (base.prototype as { emit: unknown }).emit;
}

/** @returns the first such hook between `subclass` and `base`. */
function overriddenHook(
  hooks: string[],
  subclass: { prototype: object },
  base: { prototype: object },
): string | undefined {
  for (
    let prototype = subclass.prototype;
    prototype !== base.prototype && prototype !== null;
    prototype = Object.getPrototypeOf(prototype) as object
  ) {
    const hook = hooks.find(name => Object.hasOwn(prototype, name));
    if (hook) return hook;
  }
  return undefined;
}
