// How long ago the job was made, in µs, by the system's monotonic clock.
module.exports = async job => Number(process.hrtime.bigint() / 1000n) - job.data.at;
