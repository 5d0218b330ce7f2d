// The measured process, as functions that ask it. It ends with this process.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../scripts/lib/run.mjs';
import { boundTo } from './cores.mjs';

const file = fileURLToPath(new URL('subject.mjs', import.meta.url));

const ended = () => new Failure('the measured process ended; what it printed says why');

export class SubjectProcess {
  /** @param options `{ peer, scenario, setting, connection, library }`, for `subject.mjs` */
  constructor(options) {
    this.child = fork(file, [JSON.stringify(options)], boundTo(options.setting.cores));
    this.child.once('exit', code => (this.exitCode = code ?? 1));
  }

  /** Its next answer; the first one says that it has loaded what it needs. */
  async receive() {
    const answered = new AbortController();
    const exit = once(this.child, 'exit', { signal: answered.signal }).then(() => {
      throw ended();
    });
    const message = once(this.child, 'message', { signal: answered.signal });
    try {
      return (await Promise.race([message, exit]))[0].value;
    } finally {
      answered.abort();
      exit.catch(() => undefined);
    }
  }

  /** @param command one of the functions in `subject.mjs` */
  ask(command, argument) {
    const answer = this.receive();
    this.child.send({ command, argument });
    return answer;
  }

  check() {
    if (this.exitCode !== undefined) throw ended();
  }

  async stop() {
    if (this.exitCode === undefined) {
      const exit = once(this.child, 'exit');
      // It ends itself, and its children, when nobody listens to it any more; unless it can't.
      this.child.disconnect();
      const late = setTimeout(() => this.child.kill('SIGKILL'), 1000);
      await exit;
      clearTimeout(late);
    }
  }
}
