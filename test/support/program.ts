// A Node.js program in a process of its own, told by the lines that it prints.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { within } from './wait';

export interface ProgramOptions {
  cwd?: string;
  /** Beside the tests' own environment variables. */
  env?: Record<string, string>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Program {
  readonly lines: string[] = [];
  /** Everything on its standard error. */
  complaints = '';
  /** Once it has ended and all of its output was read. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly process: ChildProcess;
  private readonly waiting = new Set<() => void>();
  private over = false;

  /** @param args - Node's own: flags, the file, what the file is given. */
  constructor(args: string[], { cwd, env = {} }: ProgramOptions = {}) {
    this.process = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this.process);
    this.process.stderr!.on('data', (chunk: Buffer) => (this.complaints += chunk.toString()));
    createInterface({ input: this.process.stdout! }).on('line', line => {
      this.lines.push(line);
      this.wake();
    });
    this.exited = new Promise(resolve => {
      this.process.once('close', (code, signal) => {
        running.delete(this.process);
        this.over = true;
        this.wake();
        resolve({ code, signal });
      });
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** The first line that matches, printed already or still to come. */
  line(pattern: RegExp): Promise<string> {
    const found = new Promise<string>((resolve, reject) => {
      const look = () => {
        const line = this.lines.find(line => pattern.test(line));
        if (line === undefined && !this.over) return;
        this.waiting.delete(look);
        if (line !== undefined) resolve(line);
        else reject(new Error(`ended without ${pattern}:\n${this.lines.join('\n')}\n${this.complaints}`));
      };
      this.waiting.add(look);
      look();
    });
    return within(found, `a line ${pattern}`);
  }

  private wake(): void {
    for (const look of [...this.waiting]) look();
  }
}
