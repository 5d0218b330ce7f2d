// `npm run test:servers`: the tests of what servers do differently, against the Redis 8 and the Valkey 8 that Debian 13
// has. They run from a folder of their own, with the libraries that they were built for; nothing is installed.
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, main, root, run, runNode, step, tool } from './lib/run.mjs';
import { setup } from './setup.mjs';

const folder = join(root, 'build-servers');
const servers = ['redis', 'valkey'];
const suites =
  'same-data batches health interop limiter flows priorities delayed stalled lost-connections cluster sentinel tls differential-cases'
    .split(' ')
    .map(name => `test/${name}.test.ts`);

/** apt-get with lists, cache and status of our own. */
function apt(...args) {
  const options = {
    'Dir::Etc::sourcelist': `${folder}/sources.list`,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': `${folder}/lists`,
    'Dir::Cache': `${folder}/cache`,
    'Dir::State::status': `${folder}/status`,
  };
  const given = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  run('apt-get', [...given, ...args], { quiet: true });
}

function fetchServers() {
  for (const name of ['lists/partial', 'cache/archives/partial', 'root']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signed = existsSync(keys) ? `[signed-by=${keys}] ` : '';
  writeFileSync(join(folder, 'sources.list'), `deb ${signed}http://deb.debian.org/debian trixie main\n`);
  writeFileSync(join(folder, 'status'), '');
  apt('update');
  apt('install', '--download-only', '--no-install-recommends', '-y', ...servers.map(name => `${name}-server`));
  for (const file of readdirSync(join(folder, 'cache/archives'))) {
    if (file.endsWith('.deb')) run('dpkg', ['-x', join(folder, 'cache/archives', file), join(folder, 'root')]);
  }
}

/** A folder for the PATH in which `redis-server` and `redis-cli` are those of `server`. @returns it. */
function programsOf(server) {
  const programs = join(folder, `bin-${server}`);
  mkdirSync(programs, { recursive: true });
  for (const program of ['server', 'cli']) {
    const path = join(programs, `redis-${program}`);
    const libraries = `${folder}/root/usr/lib/x86_64-linux-gnu`;
    const loader = `${libraries}/ld-linux-x86-64.so.2 --library-path ${libraries}`;
    const name = `${server}-${program}`;
    writeFileSync(path, `#!/bin/sh\nexec ${loader} --argv0 ${name} ${folder}/root/usr/bin/${name} "$@"\n`);
    chmodSync(path, 0o755);
  }
  return programs;
}

await main(async () => {
  if (process.arch !== 'x64') throw new Failure('these servers are fetched for x64 alone');
  setup('test');
  await step('Redis 8 and Valkey 8 fetched', fetchServers);
  for (const server of servers) {
    const path = `${programsOf(server)}:${process.env.PATH}`;
    console.log(run(join(folder, `bin-${server}`, 'redis-server'), ['--version'], { quiet: true }).trim());
    runNode([tool('jest', 'bin/jest.js'), '--runTestsByPath', ...suites], {
      env: { PATH: path },
      timeout: 15 * 60_000,
    });
  }
});
