// bee-queue with a function on the event loop.
import BeeQueue from 'bee-queue';

export default {
  name: 'bee-queue',
  title: 'bee-queue',
  color: '#d4a72c',
  needs: 'inline',
  store: 'bee-queue',
  create(name, scenario, { connection: { host, port }, concurrency }) {
    const queue = new BeeQueue(name, { redis: { host, port }, getEvents: false, storeJobs: false });
    return {
      on: (event, listener) => queue.on(event, listener),
      waitUntilReady: () => queue.ready(),
      run: () => queue.process(concurrency, scenario.inline),
      close: () => queue.close(),
    };
  },
};
