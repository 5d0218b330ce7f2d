// The application in examples/app, once as it is and once with BullMQ's import: it must say the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed, put } from './support/installed';
import { startRedis } from './support/redis';
import { Program } from './support/program';

const kFolder = join(__dirname, '..', 'examples', 'app');
const kImport = /^(import .* from )'aurochs'; \/\/ was: from 'bullmq'$/gm;

const folder = installed(['bullmq']);

/** Runs a copy of the application, with the packages of an application, until it has closed on SIGTERM. */
async function run(library: 'aurochs' | 'bullmq'): Promise<string[]> {
  let changed = 0;
  for (const name of readdirSync(kFolder).filter(name => name.endsWith('.mjs'))) {
    const source = readFileSync(join(kFolder, name), 'utf8').replace(kImport, (_line, before: string) => {
      changed += 1;
      return `${before}'${library}';`;
    });
    expect(source).not.toContain(library === 'bullmq' ? 'aurochs' : "from 'bullmq'");
    put(folder, `${library}/${name}`, source);
  }
  expect(changed).toBe(2);
  const redis = await startRedis();
  try {
    const program = new Program([join(folder, library, 'main.mjs')], { env: { REDIS_PORT: String(redis.port) } });
    await program.line(/waiting for SIGTERM/);
    program.kill('SIGTERM');
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(program.complaints).toBe('');
    return program.lines;
  } finally {
    await redis.stop();
  }
}

/**
 * Without the times, and the lines of each job together, in their order: the order between jobs that run at the same
 * time is nobody's to say.
 */
function normalised(lines: string[]): string[] {
  const whose = (line: string) => line.slice(0, line.indexOf(' - '));
  return lines
    .map(line => line.replace(/^[\d:.]{12} /, '').replace(/(repeat:ticker):\d+/g, '$1:<time>'))
    .map((line, i) => ({ line, i, key: whose(line) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.i - b.i))
    .map(({ line }) => line);
}

it('prints the same with either library', async () => {
  const [stock, ours] = await Promise.all([run('bullmq'), run('aurochs')]);
  expect(normalised(ours)).toEqual(normalised(stock));
  // What it is there for has happened.
  const text = normalised(ours).join('\n');
  for (const line of [
    '[shop] order-bob - completed, {"paid":70,"pages":5}, log ["paid 70"]',
    '[payments] pay-bob - failed, attempt 2: the bank does not answer',
    '[payments] pay-eve - failed, attempt 1: the card was refused',
    '[shop] order-joe - failed, "child bull:payments:pay-joe failed", log []',
    '[invoices] invoice-ada - progress 50',
    '[mails events] to-carol - completed with "sent to carol"',
    '[shop] news - waiting, and the second one is news-ada',
    '[shop] reports - daily, weekly, monthly, later',
    '[shop] reports - {"waiting":1,"active":0,"completed":8}',
    '[reports] backup - completed with "backup"',
  ]) {
    expect(text).toContain(line);
  }
});
