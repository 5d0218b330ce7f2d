// The NestJS application in examples/nestjs: compiled, started, asked over HTTP, and closed by SIGTERM.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import ts from 'typescript';
import { installed } from './support/installed';
import { useBench } from './support/queue';
import { Program } from './support/program';
import { waitFor } from './support/wait';

const kExample = join(__dirname, '..', 'examples', 'nestjs');
const kOwn = JSON.parse(readFileSync(join(kExample, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
const kRoot = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as typeof kOwn;

const bench = useBench();
const folder = installed(['@nestjs', 'bullmq', 'reflect-metadata', 'rxjs', '@types/node', 'undici-types']);

beforeAll(() => {
  for (const name of ['src', 'package.json', 'tsconfig.json']) {
    cpSync(join(kExample, name), join(folder, name), { recursive: true });
  }
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile) as { config: object };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const program = ts.createProgram(fileNames, options);
  const { diagnostics } = program.emit();
  const complaints = [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(
    ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
  expect(complaints).toEqual([]);
}, 60_000);

interface Answer {
  picture: string;
  state: string;
  result: { sum: number; threadId: number };
  engine: string;
  engineReason: string;
  mails: string[];
}

it('works the jobs of an application', async () => {
  const application = new Program([join(folder, 'dist', 'main.js')], {
    env: { REDIS_PORT: String(bench.redis.port), PORT: '0' },
  });
  const url = (await application.line(/^listening on /)).replace('listening on ', '');
  const ask = async (path: string, body?: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return (await (await fetch(`${url}${path}`, body ? init : undefined)).json()) as Answer;
  };

  const { picture } = await ask('/pictures', { owner: 'ada', size: 1000 });
  const { result } = await waitFor(async () => {
    const answer = await ask(`/pictures/${picture}`);
    return answer.state === 'completed' ? answer : undefined;
  });
  expect(result.sum).toBeGreaterThan(0);
  // On a thread of the process, where BullMQ's Worker would have started another process.
  expect(result.threadId).toBeGreaterThan(0);

  const status = await waitFor(async () => {
    const answer = await ask('/pictures');
    return answer.mails.length > 0 ? answer : undefined;
  });
  expect(status).toEqual({
    engine: 'native',
    engineReason: expect.stringMatching(/^inline processor: native loop/),
    mails: ['sent to ada'],
  });

  application.kill('SIGTERM');
  // Nest closes what there is, then lets the signal do its work.
  expect(await application.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(application.complaints).toBe('');
  const queues = ['mail', 'pictures'].map(name => bench.keep(new Queue(name, { connection: bench.connection })));
  for (const queue of queues) {
    expect(await queue.getJobCounts('waiting', 'active', 'completed', 'failed')).toEqual({
      ...{ waiting: 0, active: 0, completed: 1, failed: 0 },
    });
  }
});

it('names the versions that this repository tests', () => {
  const here = { ...kRoot.devDependencies, ...kRoot.dependencies };
  for (const [name, version] of Object.entries({ ...kOwn.dependencies, ...kOwn.devDependencies })) {
    expect([name, version]).toEqual([name, name === 'aurochs' ? 'file:../..' : here[name]]);
  }
});
