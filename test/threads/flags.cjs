// Answers only when it was started with the flag that a thread can take.
module.exports = async job => ({ doubled: process.noDeprecation === true ? job.data.value * 2 : process.execArgv });
