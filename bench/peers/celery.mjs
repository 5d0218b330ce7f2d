// Python's Celery: processes that a parent process hands jobs from Redis to.
import { pythonWith, startPython } from '../lib/python.mjs';

const script = new URL('python/celery_worker.py', import.meta.url);
const modules = 'celery, redis';

export default {
  name: 'celery',
  title: 'Celery',
  color: '#57ab5a',
  needs: 'python',
  store: 'celery',
  share: 1 / 10,
  missing: () => (pythonWith(modules) ? undefined : 'no python3 with celery and redis is installed'),
  create(queue, scenario, { connection: { host, port }, concurrency }) {
    const args = [`redis://${host}:${port}`, queue, concurrency];
    const worker = startPython(pythonWith(modules), script, args);
    return {
      on() {},
      waitUntilReady: () => worker.hear(),
      run() {},
      close: () => worker.stop(),
    };
  },
};
