// Makes up histories. Each kind of history has much of a few things: then these meet often.
import fc from 'fast-check';
import { kDay, kHour, kMinute, kSecond } from './durations';
import type { AddOptions, Child, Finish, History, KeepJobs, Operation, WorkerSettings } from './operation';

const { constant, constantFrom, integer, boolean, record, array } = fc;

const worker = integer({ min: 0, max: 1 });
const pick = integer({ min: 0, max: 60 });
const priority = integer({ min: 1, max: 3 });
const failure = constantFrom('none', 'fpof', 'cpof', 'idof', 'rdof');
/** Due soon, later, and never within a history. */
const delay = constantFrom(1, 3, 50, kSecond, kMinute, 5 * kMinute, 100 * kDay);

/** The value once in so many times, else undefined. */
function once<T>(times: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: constant(undefined) }, { weight: 1, arbitrary: value });
}

function addOptions(plain: number): fc.Arbitrary<AddOptions> {
  return record<AddOptions>({
    jobId: once(4, constantFrom('one', 'two', 'three', 'four', 'five', '6x')),
    priority: once(4, priority),
    lifo: once(5, constant(true)),
    delay: once(4, delay),
    attempts: once(3, integer({ min: 1, max: 3 })),
    backoff: once(4, constantFrom(1, 500, kMinute)),
    removeOnFail: once(5, constantFrom(true, 2)),
    deduplication: once(plain, deduplication),
  });
}

const deduplication = record({
  id: constantFrom('same', 'other'),
  mode: constantFrom(
    ...[{}, { ttl: kHour }, { ttl: kHour, extend: true }, { ttl: kHour, extend: true, replace: true }],
    ...[{ keepLastIfActive: true }, { keepLastIfActive: true, ttl: kHour }],
  ),
}).map(({ id, mode }) => ({ id, ...mode }));

const child: fc.Arbitrary<Child> = record({
  elsewhere: boolean(),
  failure,
  delay: once(5, delay),
  priority: once(5, priority),
});

const kKeepAll: KeepJobs = { count: -1 };
const keepSome = constantFrom<KeepJobs>(
  ...[{ count: 0 }, { count: 1 }, { count: 2 }, { count: 5 }, { count: -1, age: 60 }, { age: 0 }, { age: 1 }],
  ...[
    { age: 2, count: 3 },
    { age: 60, count: 2, limit: 1 },
    { age: 60, limit: 1 },
    { age: 1, limit: 2 },
  ],
  ...[
    { age: 0.002, count: 3, limit: 2 },
    { age: 3600, count: 1 },
    { age: 2, limit: 3 },
    { age: 0, count: 0 },
  ],
);

function finish(keepJobs: fc.Arbitrary<KeepJobs>): fc.Arbitrary<Operation> {
  return record<Finish>({
    worker,
    picks: array(pick, { minLength: 1, maxLength: 8, size: 'max' }),
    fetch: integer({ min: 0, max: 9 }),
    keepJobs,
    spread: constantFrom(0, 0, 1, 900, 61 * kSecond),
    result: constantFrom('null', '1', '"text"', '{"a":[1,2],"ü":"\\u0000✓"}', ''),
    odd: once(12, record({ kind: constantFrom('foreign', 'unknown', 'twice', 'stale'), at: pick })),
  }).map(batch => ({ do: 'finish', ...batch }));
}

const fetch = record({ do: constant('fetch'), worker, fetch: integer({ min: 1, max: 8 }) });
const advance = record({
  do: constant('advance'),
  ms: constantFrom(1, 20, kSecond, 61 * kSecond, 3 * kMinute, 10 * kMinute),
});
const takeMarker = record({ do: constant('takeMarker') });
const add = (plain: number) => record({ do: constant('add'), options: addOptions(plain) });
const addBulk = record({
  do: constant('addBulk'),
  jobs: array(record<AddOptions>({ priority: once(5, priority) }), { minLength: 2, maxLength: 9, size: 'max' }),
});

/** [weight, what] */
type Weighted = [number, fc.Arbitrary<object>][];

const ofWorkers: Weighted = [
  [3, record({ do: constant('fail'), worker, pick, final: boolean() })],
  [1, record({ do: constant('moveToDelayed'), worker, pick, delay })],
];
const relations: Weighted = [
  [3, record({ do: constant('addFlow'), options: addOptions(1000), children: array(child, { maxLength: 3 }) })],
  [2, record({ do: constant('addChild'), worker, parent: pick, failure, delay: once(4, delay) })],
  [2, record({ do: constant('adopt'), child: pick, parent: pick })],
  [2, record({ do: constant('moveToWaitingChildren'), worker, pick })],
];
const accidents: Weighted = [
  [1, record({ do: constantFrom('forgetMeta', 'failChild'), worker, pick })],
  [3, record({ do: constantFrom('loseLock', 'stealLock', 'kickFromActive'), worker, pick })],
  [2, record({ do: constant('sweep') })],
  [1, record({ do: constantFrom('eraseHash', 'defer'), pick })],
];
const limits: Weighted = [
  [2, record({ do: constant('defer'), pick })],
  [2, record({ do: constant('concurrency'), value: once(2, integer({ min: 1, max: 6 })) })],
  [
    2,
    record({
      do: constant('rateLimit'),
      value: once(2, record({ max: integer({ min: 1, max: 5 }), duration: constantFrom(kHour, 2 * kHour) })),
    }),
  ],
  [2, record({ do: constantFrom('forgetLimit', 'forgetLimit', 'keepLimit') })],
  [1, record({ do: constant('limitNow'), duration: constantFrom(kHour) })],
  [1, record({ do: constantFrom('pause', 'resume', 'resume') })],
];
const hands: Weighted = [
  [2, record({ do: constantFrom('remove', 'promote', 'log', 'progress'), pick })],
  [1, record({ do: constant('retry'), pick, state: constantFrom('failed', 'completed') })],
  [1, record({ do: constant('changePriority'), pick, priority: integer({ min: 0, max: 3 }), lifo: boolean() })],
  [0.2, record({ do: constant('drain'), delayed: boolean() })],
  [
    0.5,
    record({
      do: constant('clean'),
      set: constantFrom('completed', 'failed', 'wait', 'delayed', 'prioritized'),
      grace: constantFrom(0, kSecond),
      limit: integer({ min: 1, max: 3 }),
    }),
  ],
  [0.2, record({ do: constant('schedule'), every: constantFrom(kSecond, kHour) })],
  [0.3, record({ do: constant('maxLenEvents'), value: once(2, constantFrom(3, 50, 5000)) })],
  [0.5, record({ do: constant('expireDeduplication'), id: constantFrom('same', 'other') })],
];

function times(factor: number, weighted: Weighted): Weighted {
  return weighted.map(([weight, operation]) => [weight * factor, operation]);
}

/** `plain`: one in so many jobs has a deduplication id. */
function operations(plain: number, keepJobs: fc.Arbitrary<KeepJobs>, others: Weighted): fc.Arbitrary<Operation[]> {
  const weighted: Weighted = [
    [9, add(plain)],
    [3, addBulk],
    [3, fetch],
    [9, finish(keepJobs)],
    [4, advance],
    [2, takeMarker],
    ...others,
  ];
  const operation = fc.oneof(
    ...weighted.map(([weight, arbitrary]) => ({ weight: Math.round(weight * 10), arbitrary })),
  ) as fc.Arbitrary<Operation>;
  return array(operation, { minLength: 5, maxLength: 60, size: 'max' });
}

const keepAny = fc.oneof({ weight: 3, arbitrary: constant(kKeepAll) }, { weight: 2, arbitrary: keepSome });

const settings: fc.Arbitrary<WorkerSettings> = record<WorkerSettings>({
  name: once(2, constantFrom('a worker', 'another')),
  limiter: once(6, record({ max: integer({ min: 1, max: 6 }), duration: constantFrom(kHour, 1.5 * kHour + 0.5) })),
  lockDuration: constantFrom(30 * kSecond, 10 * kMinute),
  metrics: once(2, constantFrom(1, 3, 20)),
});

export const history: fc.Arbitrary<History> = record({
  workers: fc.tuple(settings, settings),
  operations: fc.oneof(
    // Fast: what most jobs of most queues are.
    operations(1000, constant(kKeepAll), times(0.3, [...ofWorkers, ...hands])),
    operations(1000, keepSome, times(0.3, [...ofWorkers, ...hands])),
    operations(1000, keepAny, [...limits, ...times(0.2, hands)]),
    operations(1000, keepAny, [...ofWorkers, ...times(2, accidents), ...times(0.3, hands)]),
    operations(6, keepAny, [...ofWorkers, ...times(2, relations), ...times(0.3, accidents)]),
    operations(2, keepAny, [...times(2, ofWorkers), ...times(0.3, hands)]),
    operations(8, keepAny, [...ofWorkers, ...relations, ...accidents, ...limits, ...hands]),
  ),
});
