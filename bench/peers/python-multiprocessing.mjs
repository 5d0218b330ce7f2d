// Python's multiprocessing.Pool, without a queue: two processes that are handed one job after the other.
import { pythonWith, startPython } from '../lib/python.mjs';
import { withoutQueue } from '../lib/without-queue.mjs';

const script = new URL('python/multiprocessing_pool.py', import.meta.url);

export default {
  name: 'python-multiprocessing',
  title: 'Python multiprocessing',
  color: '#c69026',
  needs: 'python',
  drives: true,
  missing: () => (pythonWith('multiprocessing') ? undefined : 'there is no python3'),
  create(queue, scenario, { concurrency }) {
    const args = [scenario.python.pathname, scenario.native.symbol, concurrency];
    const pool = startPython(pythonWith('multiprocessing'), script, args);
    return withoutQueue(async count => {
      pool.say(count);
      await pool.hear();
    });
  },
};
