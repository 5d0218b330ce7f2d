// 100,000 jobs, a hundred kills.
import { chaos, expectNothingLost } from './nothing-lost';

it('completes every one of 100,000 jobs exactly once, whatever is killed', async () => {
  const jobs = 100_000;
  const outcome = await chaos({ jobs, kills: 100, deadline: 10 * 60_000 });
  expect(outcome.kills).toBe(100);
  expectNothingLost(outcome, jobs);
});
