// 100,000 jobs, and a thousand threads or two.
import { endThreads, expectThreadsToSurvive } from './threads';

it('completes every one of 100,000 jobs exactly once, however their threads end', async () => {
  const jobs = 100_000;
  expectThreadsToSurvive(await endThreads({ jobs, deadline: 12 * 60_000 }), jobs, 500);
});
