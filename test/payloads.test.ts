// What goes in comes out: data, results, names and ids of all kinds and sizes.
import { useBench } from './support/queue';
import { waitFor, waitForEvent, waitForEvents } from './support/wait';

const bench = useBench();

const kTexts: [string, string][] = [
  ['quotes', `"double" 'single' \`back\` \\ \\\\ \\"`],
  ['line ends', 'a\nb\r\nc\td\u2028e\u2029f'],
  ['control characters', '\u0000\u0001\u0007\b\f\u001f\u007f'],
  ['other scripts', 'äöü ß ñ 日本語 한국어 العربية עברית'],
  ['emoji', '🐂 👩‍👩‍👧‍👦 🏳️‍🌈'],
  ['lone surrogates', '\ud83d and \udc02'],
  ['bytes as characters', Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('')],
  ['Redis protocol', '*1\r\n$4\r\nPING\r\n'],
  ['JSON in a string', JSON.stringify({ a: [1, '"'], b: null })],
  ['the empty string', ''],
  ['a lone brace', '{'],
];

describe('data and results', () => {
  it.each(kTexts)('keep %s', async (_, text) => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => ({ echo: job.data.text, [text]: [text] }));
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', { text });
    const [job, result] = await completed;
    // What JSON itself makes of it: it escapes lone surrogates, and so does BullMQ.
    expect(job.data).toEqual({ text });
    expect(result).toEqual({ echo: text, [text]: [text] });
    expect((await queue.getJob(job.id))!.returnvalue).toEqual({ echo: text, [text]: [text] });
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['false', false],
    ['true', true],
    ['zero', 0],
    ['a negative number', -1.5e-7],
    ['a large number', Number.MAX_SAFE_INTEGER],
    ['an empty object', {}],
    ['an empty array', []],
    ['a date', new Date(0)],
    ['nested', { a: { b: { c: [{ d: null }, [[]]] } } }],
    ['with undefined inside', { a: undefined, b: [undefined] }],
    ['with toJSON', { toJSON: () => 'replaced' }],
    ['NaN', NaN],
  ])('may be %s', async (_, value) => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async () => value as never);
    const events = await bench.events(queue);
    const announced = waitForEvent(events, 'completed');
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', value as never);
    const [job, result, previous] = await completed;
    expect([result, previous]).toEqual([value, 'active']);
    const asJson = value === undefined ? undefined : JSON.parse(JSON.stringify(value));
    expect(job.data).toEqual(asJson === undefined ? {} : asJson);
    const stored = await bench.redis.client().hget(queue.toKey(job.id), 'returnvalue');
    expect(stored).toBe(value === undefined ? 'null' : JSON.stringify(value));
    expect((await queue.getJob(job.id))!.returnvalue).toEqual(asJson === undefined ? null : asJson);
    expect((await announced)[0].returnvalue).toEqual(asJson === undefined ? null : asJson);
  });

  it('may be 5 MB large, beside small ones', async () => {
    const queue = bench.queue();
    const worker = bench.worker(queue, async job => (job.name === 'large' ? job.data.text : 1), { concurrency: 3 });
    const text = 'ä1"'.repeat(1_310_720);
    const completed = waitForEvents(worker, 'completed', 23);
    for (let i = 0; i < 3; i++) {
      await queue.add('large', { text });
      await queue.addBulk(Array.from({ length: 7 - i / 2 + (i % 2) / 2 }, () => ({ name: 'small', data: {} })));
    }
    const results = (await completed).map(([job, result]) => [job.name, result]);
    const large = results.filter(([name]) => name === 'large');
    expect(large).toHaveLength(3);
    for (const [, result] of large) expect(result === text).toBe(true);
  });

  it('may be deeply nested', async () => {
    const queue = bench.queue();
    let data: unknown = 'bottom';
    for (let i = 0; i < 500; i++) data = i % 2 ? [data] : { data };
    const worker = bench.worker(queue, async job => job.data);
    const completed = waitForEvent(worker, 'completed');
    await queue.add('job', data);
    expect((await completed)[1]).toEqual(data);
  });
});

describe('names and ids', () => {
  it.each(kTexts.filter(([name]) => name !== 'lone surrogates'))('of jobs keep %s', async (_, text) => {
    const queue = bench.queue();
    const jobId = `id-${text.replaceAll(':', '')}`;
    const worker = bench.worker(queue, async job => [job.name, job.id]);
    const completed = waitForEvent(worker, 'completed');
    await queue.add(text, {}, { jobId });
    const [job, result] = await completed;
    expect(result).toEqual([text, jobId]);
    expect(await job.getState()).toBe('completed');
    expect((await queue.getJob(jobId))!.name).toBe(text);
  });

  it('of queues may be anything without a colon', async () => {
    for (const [, text] of kTexts) {
      const name = `q ${text}`.replaceAll(':', '');
      if (name === 'q \ud83d and \udc02') continue; // no UTF-8 has that
      const queue = bench.queue({ name });
      const worker = bench.worker(queue, async job => job.queueName);
      const completed = waitForEvent(worker, 'completed');
      await queue.add('job', {});
      expect((await completed)[1]).toBe(name);
    }
  });

  it('that are custom are not run twice', async () => {
    const queue = bench.queue();
    let calls = 0;
    bench.worker(queue, async () => void calls++);
    for (let i = 0; i < 5; i++) await queue.add('job', { i }, { jobId: 'the-same' });
    await waitFor(async () => (await queue.getCompletedCount()) === 1);
    await queue.add('job', {}, { jobId: 'the-same' });
    await queue.add('job', {}, { jobId: 'another' });
    await waitFor(async () => (await queue.getCompletedCount()) === 2);
    expect(calls).toBe(2);
  });

  it('of workers are stored with the jobs that they process', async () => {
    const queue = bench.queue();
    const named = bench.worker(queue, async job => job.processedBy, { name: 'Worker "Ä" 🐂' });
    const completed = waitForEvent(named, 'completed');
    await queue.add('job', {});
    const [job, result] = await completed;
    expect(result).toBe('Worker "Ä" 🐂');
    expect((await queue.getJob(job.id))!.processedBy).toBe('Worker "Ä" 🐂');
    await named.close();
    const nameless = bench.worker(queue, async job => job.processedBy ?? 'nobody');
    const again = waitForEvent(nameless, 'completed');
    await queue.add('job', {});
    expect((await again)[1]).toBe('nobody');
  });
});
