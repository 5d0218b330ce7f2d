// A program of the tests in a Node process of its own: it tells what happens in lines of JSON on its output.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { subjectName } from './support/subject';

export interface Message {
  /** What happened; the rest is up to the program. */
  event: string;
  [key: string]: any;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Child {
  readonly messages: Message[] = [];
  /** Everything on its standard error. */
  complaints = '';
  /** Once it has ended and all of its output was read. */
  readonly exited: Promise<Exit>;
  private readonly process: ChildProcess;
  private readonly waiting = new Set<() => void>();
  private over?: Exit;

  /** @param program file below `test/`; @param input what `input` is in the program */
  constructor(
    private readonly program: string,
    input: object,
    nodeArguments: string[] = [],
  ) {
    this.process = spawn(process.execPath, [...nodeArguments, join(__dirname, program)], {
      env: { ...process.env, AUROCHS_TEST_SUBJECT: subjectName, AUROCHS_TEST_INPUT: JSON.stringify(input) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this.process);
    this.process.stderr!.on('data', (chunk: Buffer) => (this.complaints += chunk.toString()));
    const lines = createInterface({ input: this.process.stdout! });
    lines.on('line', line => {
      // A line cut short by a kill is no message.
      if (!line.startsWith('{') || !line.endsWith('}')) return;
      this.messages.push(JSON.parse(line) as Message);
      this.wake();
    });
    this.exited = new Promise(resolve => {
      this.process.once('close', (code, signal) => {
        running.delete(this.process);
        this.over = { code, signal };
        this.wake();
        resolve(this.over);
      });
    });
  }

  get pid(): number {
    return this.process.pid!;
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** The first message of this kind, said already or still to come. */
  async message(event: string, deadline = 30_000): Promise<Message> {
    const end = Date.now() + deadline;
    for (;;) {
      const message = this.messages.find(message => message.event === event);
      if (message) return message;
      if (this.over) throw new Error(`${this.describe()} ended without '${event}'`);
      if (Date.now() > end) throw new Error(`${this.describe()}: waited ${deadline} ms in vain for '${event}'`);
      await this.change(end - Date.now());
    }
  }

  /** Waits until it ends by itself, and kills it when it doesn't. */
  async end(deadline = 30_000): Promise<Exit> {
    const end = Date.now() + deadline;
    while (!this.over && Date.now() < end) await this.change(end - Date.now());
    if (this.over) return this.over;
    this.kill('SIGKILL');
    await this.exited;
    throw new Error(`${this.describe()} still ran after ${deadline} ms`);
  }

  describe(): string {
    const said = this.messages.map(message => JSON.stringify(message)).join('\n');
    return `${this.program} (${JSON.stringify(this.over)})\n${said}\n${this.complaints}\n`;
  }

  private change(deadline: number): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, deadline));
      this.waiting.add(done);
    });
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }
}
