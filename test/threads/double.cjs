// Answers with the double, and where it ran.
const { threadId } = require('node:worker_threads');

module.exports = async job => ({ doubled: job.data.value * 2, pid: process.pid, threadId });
