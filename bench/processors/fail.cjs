// Fails where the job's data say so: `once`, its first attempt, or `always`.
module.exports = async job => {
  const { fails } = job.data;
  if (fails === 'always' || (fails === 'once' && job.attemptsMade === 0)) throw new Error('it fails');
  return null;
};
