import { threadId } from 'node:worker_threads';

export default async job => ({ doubled: job.data.value * 2, pid: process.pid, threadId });
