// Waits for `ms`, as for an answer from elsewhere.
const { setTimeout: sleep } = require('node:timers/promises');

module.exports = async job => {
  await sleep(job.data.ms);
};
