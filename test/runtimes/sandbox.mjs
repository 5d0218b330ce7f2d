// A machine with nothing but Node: an empty folder, an empty HOME, and a PATH on which there is only `node`.
import { spawn } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure, which } from '../../scripts/lib/run.mjs';

/** How to reach npm's registry is up to the machine. */
const network = /^(https?_proxy|no_proxy|npm_config_registry|node_extra_ca_certs|ssl_cert_(file|dir))$/i;
const npm = realpathSync(which('npm'));

export class Sandbox {
  /**
   * @param folder doesn't exist yet
   * @param node the binary
   * @param npmCache shared, so that each package is downloaded once
   */
  constructor(folder, node, npmCache) {
    this.folder = join(folder, 'application');
    this.node = node;
    this.npmCache = npmCache;
    mkdirSync(this.folder, { recursive: true });
    for (const name of ['home', 'bin']) mkdirSync(join(folder, name));
    symlinkSync(node, join(folder, 'bin', 'node'));
    this.env = Object.fromEntries(Object.entries(process.env).filter(([name]) => network.test(name)));
    Object.assign(this.env, { PATH: join(folder, 'bin'), HOME: join(folder, 'home'), AUROCHS_REQUIRE_NATIVE: '1' });
    this.write('package.json', '{"name": "application", "private": true}');
  }

  path(name) {
    return join(this.folder, name);
  }

  write(name, text) {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** `npm install`, install scripts off. */
  install(...packages) {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `--cache=${this.npmCache}`];
    return this.run([npm, 'install', ...options, ...packages]);
  }

  /**
   * Runs Node with these arguments.
   * @param options.until ends the program once this stands in its output; otherwise it has to end by itself
   * @param options.env more environment variables
   * @returns its output
   */
  run(args, { until, env = {}, timeout = 120_000 } = {}) {
    return new Promise((resolve, reject) => {
      const child = spawn(this.node, args, {
        cwd: this.folder,
        env: { ...this.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      let found = false;
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        child.kill('SIGKILL');
      }, timeout);
      const read = chunk => {
        output += chunk;
        if (!until || found || !output.includes(until)) return;
        found = true;
        child.kill('SIGKILL');
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        if (found || (!until && code === 0)) return resolve(output);
        const how = late ? `still ran after ${timeout / 1000} s` : `ended by itself with ${signal ?? code}`;
        reject(new Failure(`node ${args.join(' ')} ${how}\n${output}`));
      });
    });
  }
}
