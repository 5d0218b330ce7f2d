// Progress and log rows of a native job keep their order while the server forgets its scripts; the last value stays.
import { native } from 'aurochs';
import { compile } from './support/compile';
import { useBench } from './support/queue';
import { waitForEvent } from './support/wait';

const bench = useBench();
const kCount = 5000;

const library = () =>
  compile(
    `
#include <aurochs/processor.h>
#include <chrono>
#include <string>
#include <thread>

template <typename F>
void insist(F &&call) {
  while (call() == AUROCHS_BUSY) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

AUROCHS_PROCESSOR(reports_all) {
  for (int i = 1; i <= ${kCount}; ++i) {
    const std::string text = std::to_string(i);
    insist([&] { return api->progress(job, text.data(), text.size()); });
    insist([&] { return api->log(job, text.data(), text.size()); });
  }
  return 0;
}
`,
    { name: 'reports_all' },
  );

it('keep their order, however often the server forgets its scripts', async () => {
  const queue = bench.queue();
  const worker = bench.worker(queue, native(library(), 'reports_all'));
  await worker.waitUntilReady();
  const progress: number[] = [];
  worker.on('progress', (_, value) => progress.push(value as unknown as number));
  let ended = false;
  const completed = waitForEvent(worker, 'completed').finally(() => (ended = true));
  await bench.redis.cli('SCRIPT', 'FLUSH');
  const added = await queue.add('job', {});
  while (!ended) await bench.redis.cli('SCRIPT', 'FLUSH');
  await completed;
  const expected = Array.from({ length: kCount }, (_, i) => i + 1);
  // Counted, for a short message: reports that came after a later one.
  const overtaken = (values: number[]) =>
    values.filter((value, i) => value < Math.max(0, ...values.slice(Math.max(0, i - 1500), i))).length;
  const { logs } = await queue.getJobLogs(added.id!);
  const stored = (await queue.getJob(added.id!))!.progress;
  expect({
    events: overtaken(progress),
    rows: overtaken(logs.map(Number)),
    stored,
  }).toEqual({
    events: 0,
    rows: 0,
    stored: kCount,
  });
  expect(progress).toEqual(expected);
  expect(logs.map(Number)).toEqual(expected);
  expect(worker.errors).toEqual([]);
});
