// Groups of threads for tests, with a stand-in for what runs in them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BroadcastChannel, type WorkerOptions as WorkerThreadsOptions } from 'node:worker_threads';
import type { ThreadEnd } from '../../lib/threads/thread-end';
import { ThreadGroup, type ThreadGroupSettings } from '../../lib/threads/thread-group';
import { waitFor } from './wait';

export const FILE = new URL('file:///processors/paint.mjs');
/** Longer than any test may take: who waits for it fails. */
export const NEVER_MS = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), 'aurochs-group-'));
const fleets: Fleet[] = [];

/** Ends all fleets after each test. */
export function useFleets(): void {
  afterEach(async () => {
    for (const fleet of fleets.splice(0)) await fleet.end();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
}

/** A group, what it has told its host, and a line to its threads. */
export class Fleet {
  private static count = 0;
  readonly errors: Error[] = [];
  readonly gone = new Map<number, ThreadEnd>();
  readonly said: string[] = [];
  unavailable = 0;
  readonly group: ThreadGroup;
  private readonly name = `fleet ${++Fleet.count}`;
  private readonly channel = new BroadcastChannel(this.name);
  private readonly released = join(folder, this.name);

  /** @param plan - what each thread does at its start, the first one's first; the rest get ready. */
  constructor(plan: string[] = [], settings: ThreadGroupSettings = {}, options: WorkerThreadsOptions = {}) {
    fleets.push(this);
    const host = {
      error: (error: Error) => void this.errors.push(error),
      unavailable: () => void this.unavailable++,
      gone: (thread: number, end: ThreadEnd) => void this.gone.set(thread, end),
    };
    this.channel.onmessage = event => {
      const { data } = event as { data: { thread: number; says?: string } };
      if (data.says) this.said.push(`${data.thread} ${data.says}`);
    };
    const workerData = { group: this.name, plan, released: this.released };
    const entry = join(__dirname, '..', 'threads', 'stand-in.cjs');
    const given = { entry, firstBackoff: 5, termination: NEVER_MS, ...settings };
    this.group = new ThreadGroup(FILE, this.name, { ...options, workerData }, host, given);
  }

  start(count = 1): void {
    for (let i = 0; i < count; i++) this.group.start();
  }

  async heard(...said: string[]): Promise<void> {
    await waitFor(() => said.every(each => this.said.includes(each)), { what: said.join(', ') });
  }

  tell(thread: number, action: string): void {
    this.channel.postMessage({ thread, do: action });
  }

  async endOf(thread: number): Promise<ThreadEnd> {
    return waitFor(() => this.gone.get(thread), { what: `the end of thread ${thread}` });
  }

  async errorsAre(count: number): Promise<Error[]> {
    await waitFor(() => this.errors.length >= count, { what: `${count} errors` });
    return this.errors;
  }

  /** Lets go a thread that blocks. */
  release(): void {
    writeFileSync(this.released, '');
  }

  async end(): Promise<void> {
    this.release();
    await this.group.close(0);
    this.channel.close();
  }
}
