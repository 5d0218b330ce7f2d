// One line for each thing that happens: `12:00:00.000 [who] whom - what`.
export function log(who, whom, what) {
  console.log(`${new Date().toISOString().slice(11, 23)} [${who}] ${whom} - ${what}`);
}

/** Logs what happens to a worker's jobs. */
export function logWorker(worker) {
  const say = (job, what) => log(worker.name, job?.id, what);
  worker.on('active', (job, previous) => say(job, `active, was ${previous}`));
  worker.on('progress', (job, progress) => say(job, `progress ${JSON.stringify(progress)}`));
  worker.on('completed', (job, result) => say(job, `completed with ${JSON.stringify(result)}`));
  worker.on('failed', (job, error) => say(job, `failed, attempt ${job.attemptsMade}: ${error.message}`));
  worker.on('paused', () => log(worker.name, 'worker', 'paused'));
  worker.on('resumed', () => log(worker.name, 'worker', 'resumed'));
  worker.on('closing', message => log(worker.name, 'worker', message));
  worker.on('closed', () => log(worker.name, 'worker', 'closed'));
  worker.on('error', error => log(worker.name, 'worker', `error ${error.message}`));
  return worker;
}

/** Logs what Redis tells of a queue's jobs. */
export function logEvents(events) {
  const say = (jobId, what) => log(`${events.name} events`, jobId, what);
  events.on('added', ({ jobId }) => say(jobId, 'added'));
  events.on('waiting-children', ({ jobId }) => say(jobId, 'waits for its children'));
  events.on('delayed', ({ jobId }) => say(jobId, 'delayed'));
  events.on('deduplicated', ({ jobId }) => say(jobId, 'had one of its kind already'));
  events.on('completed', ({ jobId, returnvalue }) => say(jobId, `completed with ${JSON.stringify(returnvalue)}`));
  events.on('failed', ({ jobId, failedReason }) => say(jobId, `failed: ${failedReason}`));
  return events;
}
