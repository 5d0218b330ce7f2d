// An application that esbuild has put into one file, with its processor beside that; packages stay outside, as those
// with an addon must.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Format } from 'esbuild';
import { useBench } from './support/queue';
import { Child } from './support-child';

const bench = useBench();
// Below the package, so that the bundle finds what is outside of it.
const folder = mkdtempSync(join(__dirname, 'bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each<[Format, string, string]>([
  ['esm', '.mjs', "new URL('./processor.mjs', import.meta.url)"],
  ['cjs', '.cjs', "require('node:path').join(__dirname, 'processor.cjs')"],
])('a bundle (%s) runs the processor beside it', async (format, extension, processor) => {
  const outdir = join(folder, format);
  await build({
    stdin: { contents: application(processor), resolveDir: __dirname, loader: 'ts' },
    outfile: join(outdir, `application${extension}`),
    ...{ bundle: true, platform: 'node', packages: 'external', minify: true, format },
    // Not this project's, whose paths lead to the package's sources.
    tsconfigRaw: {},
  });
  await build({
    entryPoints: [join(__dirname, 'threads', 'typed.ts')],
    outfile: join(outdir, `processor${extension}`),
    ...{ bundle: true, platform: 'node', minify: true, format },
  });
  const queue = bench.queue();
  const child = new Child(join(outdir.slice(__dirname.length), `application${extension}`), {
    connection: bench.connection,
    queue: queue.name,
  });
  await queue.add('job', { value: 21 });
  expect(await child.end()).toEqual({ code: 0, signal: null });
  expect(child.messages).toEqual([{ event: 'completed', result: { doubled: 42 } }]);
  expect(child.complaints).toBe('');
});

const application = (processor: string) => `
  import { Worker } from 'aurochs';
  const { connection, queue } = JSON.parse(process.env.AUROCHS_TEST_INPUT!);
  const worker = new Worker(queue, ${processor}, { connection });
  worker.once('completed', async (job, result) => {
    console.log(JSON.stringify({ event: 'completed', result }));
    await worker.close();
  });
`;
