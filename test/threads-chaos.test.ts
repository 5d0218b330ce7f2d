// The short form of chaos/threads.test.ts.
import { endThreads, expectThreadsToSurvive } from './chaos/threads';

it('completes every one of 10,000 jobs exactly once, however their threads end', async () => {
  const jobs = 10_000;
  expectThreadsToSurvive(await endThreads({ jobs, deadline: 90_000 }), jobs, 20);
}, 120_000);
