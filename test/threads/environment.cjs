const { workerData } = require('node:worker_threads');

module.exports = async () => ({ env: process.env.AUROCHS_TEST, argv: process.argv.slice(2), workerData });
