// Returns what it was given.
module.exports = async job => job.data;
