// What happens to a queue beside the batches: on both sides by BullMQ's own classes, or by hand.
import { UnrecoverableError, type FlowJob, type JobsOptions } from 'bullmq';
import type { AddOptions, Child, Failure, Operation } from './operation';
import type { Replay } from './replay';
import { kElsewhere, kQueue, type Side } from './side';

type Deed = Exclude<Operation, { do: 'fetch' | 'finish' | 'advance' | 'compare' }>;

const kErrorStack = 'Error: failed on purpose\n    at nowhere';

export async function perform(operation: Deed, replay: Replay): Promise<void> {
  const act = actOf(operation, replay);
  if (!act) return;
  const ids = await replay.both(operation.do, act);
  if (operation.do.startsWith('add') && Array.isArray(ids)) {
    for (const id of ids) if (!replay.ids.includes(id)) replay.ids.push(id);
  }
}

/** What to do on each side; nothing where there is no job to do it to. */
function actOf(operation: Deed, replay: Replay): ((side: Side) => Promise<unknown>) | undefined {
  switch (operation.do) {
    case 'add': {
      const options = addOptions(operation.options, replay);
      return async side => [(await side.queue.add('job', { n: 1 }, { ...options })).id];
    }
    case 'addBulk': {
      const jobs = operation.jobs.map(options => ({ name: 'job', data: {}, opts: addOptions(options, replay) }));
      return async side => (await side.queue.addBulk(jobs)).map(job => job.id);
    }
    case 'addFlow': {
      const name = replay.nextName('flow');
      const tree = (): FlowJob => ({
        ...{ name: 'parent', queueName: kQueue, data: {} },
        opts: { ...addOptions(operation.options, replay), jobId: name, deduplication: undefined },
        children: operation.children.map((child, i) => childOf(child, `${name}-${i}`, replay)),
      });
      return async side => {
        const { children = [] } = await side.flows.add(tree());
        return [name, ...children.filter(({ job }) => job.queueName === kQueue).map(({ job }) => job.id)];
      };
    }
    case 'addChild': {
      const parent = pick(replay.held[operation.worker], operation.parent);
      if (!parent) return undefined;
      const options = { timestamp: replay.now, delay: operation.delay, ...failureOptions(operation.failure) };
      const relation = { parent: replay.parentOptions(parent.id) };
      return async side => [(await side.queue.add('child', {}, { ...options, ...relation })).id];
    }
    case 'adopt': {
      // Only ids that were chosen can be chosen again.
      const child = pick(
        replay.ids.filter(id => !/^\d+$/.test(id) && !id.includes(':')),
        operation.child,
      );
      const parent = pick(replay.ids, operation.parent);
      if (!child || !parent || child === parent) return undefined;
      const options = { timestamp: replay.now, jobId: child, parent: replay.parentOptions(parent) };
      return async side => (await side.queue.add('again', {}, options)).id;
    }
    case 'schedule':
      return async side => (await side.queue.upsertJobScheduler('scheduler', { every: operation.every }))?.id;
    case 'fail':
    case 'moveToDelayed':
    case 'moveToWaitingChildren':
      return withHeld(operation, replay);
    case 'loseLock':
    case 'stealLock':
    case 'kickFromActive':
    case 'failChild':
      return byHand(operation, replay);
    case 'pause':
      return side => side.queue.pause();
    case 'resume':
      return side => side.queue.resume();
    case 'sweep':
      return side => side.sweep();
    case 'forgetLimit':
      return side => side.redis.del(side.key('limiter'));
    case 'keepLimit':
      return side => side.redis.persist(side.key('limiter'));
    case 'forgetMeta':
      return side => side.redis.del(side.key('meta'));
    case 'takeMarker':
      return side => side.redis.zpopmin(side.key('marker'));
    case 'limitNow':
      return side => side.queue.rateLimit(operation.duration);
    case 'concurrency': {
      const { value } = operation;
      return async side => {
        await (value ? side.queue.setGlobalConcurrency(value) : side.queue.removeGlobalConcurrency());
      };
    }
    case 'rateLimit': {
      const { value } = operation;
      return async side => {
        await (value ? side.queue.setGlobalRateLimit(value.max, value.duration) : side.queue.removeGlobalRateLimit());
      };
    }
    case 'maxLenEvents': {
      const { value } = operation;
      const field = 'opts.maxLenEvents';
      return async side => {
        const meta = side.key('meta');
        await (value ? side.redis.hset(meta, field, value) : side.redis.hdel(meta, field));
      };
    }
    case 'drain':
      return side => side.queue.drain(operation.delayed);
    case 'clean':
      return side => side.queue.clean(operation.grace, operation.limit, operation.set);
    case 'expireDeduplication':
      return side => side.redis.del(side.key(`de:${operation.id}`));
    case 'retry':
    case 'changePriority':
    case 'remove':
    case 'promote':
    case 'log':
    case 'progress':
    case 'eraseHash':
    case 'defer':
      return withAny(operation, replay);
  }
}

type OfKind<K extends Operation['do']> = Extract<Deed, { do: K }>;

/** What a worker does with a job that it has fetched. */
function withHeld(operation: OfKind<'fail' | 'moveToDelayed' | 'moveToWaitingChildren'>, replay: Replay) {
  const mine = replay.held[operation.worker];
  const held = pick(mine, operation.pick);
  if (!held) return undefined;
  mine.splice(mine.indexOf(held), 1);
  return async (side: Side) => {
    const job = await side.job(held.id);
    switch (operation.do) {
      case 'fail': {
        const error = new (operation.final ? UnrecoverableError : Error)('failed on purpose');
        error.stack = kErrorStack;
        return job.moveToFailed(error, held.token);
      }
      case 'moveToDelayed':
        return job.moveToDelayed(replay.now + operation.delay, held.token);
      case 'moveToWaitingChildren':
        return job.moveToWaitingChildren(held.token);
    }
  };
}

/** What may befall a job that a worker has fetched. */
function byHand(operation: OfKind<'loseLock' | 'stealLock' | 'kickFromActive' | 'failChild'>, replay: Replay) {
  const held = pick(replay.held[operation.worker], operation.pick);
  if (!held) return undefined;
  return async (side: Side): Promise<unknown> => {
    const lock = side.key(`${held.id}:lock`);
    switch (operation.do) {
      case 'loseLock':
        return side.redis.del(lock);
      case 'stealLock':
        return side.redis.set(lock, 'somebody else', 'PX', 60_000);
      case 'kickFromActive':
        return side.redis.lrem(side.key('active'), 0, held.id);
      case 'failChild':
        return side.redis.zadd(side.key(`${held.id}:unsuccessful`), replay.now, side.key('child'));
    }
  };
}

/** What anybody does with any job. */
function withAny(
  operation: OfKind<'retry' | 'changePriority' | 'remove' | 'promote' | 'log' | 'progress' | 'eraseHash' | 'defer'>,
  replay: Replay,
) {
  const id = pick(replay.ids, operation.pick);
  if (id === undefined) return undefined;
  return async (side: Side): Promise<unknown> => {
    const { queue, redis } = side;
    switch (operation.do) {
      case 'retry':
        return (await side.job(id)).retry(operation.state);
      case 'changePriority':
        return (await side.job(id)).changePriority({ priority: operation.priority, lifo: operation.lifo });
      case 'remove':
        return queue.remove(id);
      case 'promote':
        return (await side.job(id)).promote();
      case 'log':
        return queue.addJobLog(id, 'a row');
      case 'progress':
        return queue.updateJobProgress(id, 50);
      case 'eraseHash':
        return redis.del(side.key(id));
      case 'defer':
        return redis.hset(side.key(id), 'defa', 'deferred on purpose');
    }
  };
}

function pick<T>(things: readonly T[], number: number): T | undefined {
  return things.length > 0 ? things[number % things.length] : undefined;
}

function addOptions(options: AddOptions, replay: Replay): JobsOptions {
  return { ...options, timestamp: replay.now } as JobsOptions;
}

function childOf({ elsewhere, failure, delay, priority }: Child, jobId: string, replay: Replay): FlowJob {
  return {
    ...{ name: 'child', queueName: elsewhere ? kElsewhere : kQueue, data: {} },
    opts: { jobId, timestamp: replay.now, delay, priority, ...failureOptions(failure) },
  };
}

function failureOptions(failure: Failure): JobsOptions {
  switch (failure) {
    case 'fpof':
      return { failParentOnFailure: true };
    case 'cpof':
      return { continueParentOnFailure: true };
    case 'idof':
      return { ignoreDependencyOnFailure: true };
    case 'rdof':
      return { removeDependencyOnFailure: true };
    case 'none':
      return {};
  }
}
