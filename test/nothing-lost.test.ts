// The short form of chaos/nothing-lost.test.ts.
import { chaos, expectNothingLost } from './chaos/nothing-lost';

it('completes every one of 5,000 jobs exactly once, whatever is killed', async () => {
  const jobs = 5000;
  const outcome = await chaos({ jobs, kills: 6, deadline: 60_000 });
  expect(outcome.kills).toBe(6);
  expectNothingLost(outcome, jobs);
}, 90_000);
