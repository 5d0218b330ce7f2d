// Piscina alone, without a queue: two threads that are handed one job after the other.
import { threadPool } from '../lib/piscina.mjs';
import { withoutQueue } from '../lib/without-queue.mjs';

export default {
  name: 'piscina',
  title: 'Piscina alone',
  color: '#a371f7',
  needs: 'file',
  drives: true,
  create(queue, scenario, { concurrency }) {
    const pool = threadPool(scenario, 2);
    return withoutQueue(async count => {
      let next = 0;
      const lane = async () => {
        while (next < count) await pool.run({ data: scenario.data(next++) });
      };
      await Promise.all(Array.from({ length: concurrency }, lane));
    });
  },
};
