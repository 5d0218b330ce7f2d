// How fast waiting jobs are worked off, and what each of them costs.
import { figuresOf } from '../lib/figures.mjs';
import { jobsInEach, queuesOf, warmUpInEach } from '../lib/fixture.mjs';
import { completed, progress } from '../lib/measure.mjs';

/** From the first start to the last end, in ms. */
async function workingTime({ store, redis, setting }) {
  const last = warmUpInEach(setting) + jobsInEach(setting);
  const times = await Promise.all(queuesOf(setting).map(queue => store.times(redis.client, queue, last)));
  return Math.max(...times.map(({ finished }) => finished)) - Math.min(...times.map(({ started }) => started));
}

export default async function drain(context) {
  const { askAll, redis, scenario, setting, store } = context;
  const jobs = jobsInEach(setting) * setting.queues;

  const warm = await progress(context);
  const redisBefore = await redis.cpu();
  const before = await askAll('begin');
  const begun = performance.now();
  await Promise.all(queuesOf(setting).map(queue => store.release(redis.client, queue)));
  await completed(context, warm + jobs);
  const watched = performance.now() - begun;
  // Where more jobs wait than are measured, the workers go on meanwhile.
  const [after, redisAfter, all] = await Promise.all([askAll('end'), redis.cpu(), progress(context)]);

  const jobsPerSecond = (jobs / (store.times && !scenario.startsAgain ? await workingTime(context) : watched)) * 1000;
  return {
    jobsPerSecond,
    efficiency: scenario.ideal && jobsPerSecond / scenario.ideal(setting),
    redisCpu: (redisAfter - redisBefore) / (all - warm),
    ...figuresOf(before, after, all - warm),
  };
}
