// Requests at a steady pace, whether the ones before were answered or not: who waits for answers doesn't see the worst.
import { Agent, get } from 'node:http';
import { percentile } from './stats.mjs';

/** In ms. */
const interval = 5;

export function startHttpClient(port) {
  const agent = new Agent({ keepAlive: true });
  const times = [];
  const under = new Set();

  function request() {
    const start = performance.now();
    const answer = new Promise((done, fail) => {
      const read = response => response.resume().once('end', () => done(times.push(performance.now() - start)));
      get({ host: '127.0.0.1', port, agent }, read).once('error', fail);
    }).finally(() => under.delete(answer));
    under.add(answer);
    answer.catch(() => undefined);
  }
  const timer = setInterval(request, interval);

  return {
    /** Waits for the last answers. @returns the times until an answer, in ms */
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
      agent.destroy();
      return { httpP50: percentile(times, 0.5), httpP99: percentile(times, 0.99), requests: times.length };
    },
  };
}
