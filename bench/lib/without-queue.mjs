// What a peer without a queue returns from create(): it drives itself.

/**
 * @param drive `count => promise`, does that many jobs
 * @returns what `subject.mjs` asks of a worker, and drive(), which says how long the jobs took, in ms
 */
export const withoutQueue = drive => ({
  on() {},
  async waitUntilReady() {},
  run() {},
  async close() {},
  async drive(count) {
    const start = performance.now();
    await drive(count);
    return performance.now() - start;
  },
});
