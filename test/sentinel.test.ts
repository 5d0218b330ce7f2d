// The server that Sentinels name.
import { Queue, type ConnectionOptions } from 'bullmq';
import { freePort } from './support/redis';
import { completeOneJob } from './support/one-job';
import { Bench, uniqueName } from './support/queue';
import { kMaster, SentinelSet } from './support/sentinel';
import { type SubjectWorker } from './support/subject';
import { waitFor, waitForEvent } from './support/wait';

let open: SentinelSet;
let locked: SentinelSet;
const bench = new Bench();

beforeAll(async () => {
  [open, locked] = await Promise.all([
    SentinelSet.start(),
    SentinelSet.start({ servers: { password: 'server' }, password: 'sentinel' }),
  ]);
});
afterEach(() => bench.clear());
afterAll(() => Promise.all([open.stop(), locked.stop()]));

const by = (set: SentinelSet, more: object = {}) => ({
  ...{ sentinels: set.addresses, name: kMaster, retryStrategy: () => 50, sentinelRetryStrategy: () => 50 },
  ...more,
});

async function works(connection: ConnectionOptions): Promise<{ worker: SubjectWorker; queue: Queue }> {
  const queue = bench.keep(new Queue(uniqueName(), { connection }));
  queue.on('error', () => undefined); // of servers that change their roles
  const worker = await completeOneJob(bench, queue, { connection });
  return { worker, queue };
}

it('is worked on', async () => {
  const { worker } = await works(by(open));
  expect(worker.errors).toEqual([]);
});

it('is found by the Sentinels that answer', async () => {
  const sentinels = [{ host: '127.0.0.1', port: await freePort() }, ...open.addresses];
  await works(by(open, { sentinels }));
});

it('is logged in to, and so are the Sentinels', async () => {
  const { worker } = await works(by(locked, { password: 'server', sentinelPassword: 'sentinel' }));
  expect(worker.errors).toEqual([]);
});

it('is found by its other address', async () => {
  const natMap = { [`${open.master.host}:${open.master.port}`]: { host: 'localhost', port: open.master.port } };
  await works(by(open, { natMap, family: 4 }));
});

it.each<[string, () => object, RegExp]>([
  ['is unknown to the Sentinels', () => by(open, { name: 'nobody' }), /nobody|unreachable/],
  [
    'can not be asked for',
    () => by(locked, { sentinelPassword: 'wrong', password: 'server' }),
    /WRONGPASS|unreachable/,
  ],
])('%s: an error says so', async (_, connection, message) => {
  const worker = bench.worker(uniqueName(), async () => undefined, { connection: connection() as ConnectionOptions });
  await waitFor(() => worker.errors.some(error => message.test(error.message)));
  await worker.close(true);
});

it('fails over, and the jobs go on', async () => {
  const { worker, queue } = await works(by(open));
  await open.failOver();
  const completed = waitForEvent(worker, 'completed');
  await queue.add('job', { value: 41 });
  expect((await completed)[1]).toBe(42);
});
