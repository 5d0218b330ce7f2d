// A sandboxed processor: a file that the worker runs on a thread of its own.
export default async function (job) {
  await job.updateProgress(50);
  await job.log('printed');
  const lines = 1 + job.data.items;
  return { pages: Math.ceil(lines / 10) };
}
