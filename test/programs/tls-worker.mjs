// A worker on a TLS connection that says nothing of whom to trust; prints whose loop ran, and a job's result.
import { once } from 'node:events';
import { Queue } from 'bullmq';

const subject = process.env.AUROCHS_TEST_SUBJECT === 'bullmq' ? 'bullmq' : 'aurochs';
const { Worker } = await import(subject);

const connection = { host: '127.0.0.1', port: Number(process.argv[2]), tls: {} };
const queue = new Queue('extra-roots', { connection });
const worker = new Worker(queue.name, async job => job.data.value + 1, { connection });
const completed = once(worker, 'completed');
await queue.add('job', { value: 1 });
const [, result] = await completed;
process.stdout.write(`${worker.engine} ${result}\n`);
await worker.close();
await queue.close();
