// Runs many histories through BullMQ's scripts and ours, on a Redis of its own.
import fc from 'fast-check';
import { startRedis, type RedisServer } from '../support/redis';
import { history as anyHistory } from './arbitrary';
import { Clock } from './clock';
import type { History } from './operation';
import { script } from './reference';
import { Difference, Replay, type Pair } from './replay';
import { Side } from './side';
import { Tally } from './tally';

export interface Parting {
  seed: number;
  /** The smallest history found in which the sides part, and where. */
  history: History;
  message: string;
}

export interface RunOptions {
  source?: string;
  tally?: Tally;
  shrink?: boolean;
  said?: (tally: Tally) => void;
}

/** Histories of one seed. */
const kPerSeed = 100;

export class Differential {
  private constructor(
    private readonly server: RedisServer,
    private readonly bull: Side,
    private readonly ours: Side,
    private readonly source: string,
  ) {}

  /** @param source our script */
  static async open(source: string): Promise<Differential> {
    const server = await startRedis();
    const [bull, ours] = [await Side.open(server, 1), await Side.open(server, 2)];
    return new Differential(server, bull, ours, source);
  }

  /** For one history after the other; `source` instead of our script. */
  pair(source = this.source, tally = new Tally()): Pair {
    return { bull: this.bull, ours: this.ours, script: script(source), clock: new Clock(), tally };
  }

  /**
   * Runs histories made up from the seed and from those after it, until the sides part in one: that one, made smaller.
   * @param options.source instead of our script
   * @param options.shrink false: as it was found
   * @param options.said called now and then
   */
  async run(firstSeed: number, histories: number, options: RunOptions = {}): Promise<Parting | undefined> {
    const { tally = new Tally(), said } = options;
    const until = tally.histories + histories;
    for (let seed = firstSeed; tally.histories < until; seed++) {
      const runs = Math.min(kPerSeed, until - tally.histories);
      const parting = await this.runSeed(seed, runs, { ...options, tally });
      if (parting) return parting;
      said?.(tally);
    }
    return undefined;
  }

  private async runSeed(seed: number, numRuns: number, options: RunOptions): Promise<Parting | undefined> {
    const { source, tally, shrink = true } = options;
    const pair = this.pair(source, tally);
    const property = fc.asyncProperty(anyHistory, async history => {
      pair.tally.histories++;
      await new Replay(pair, history).run();
    });
    pair.clock.install();
    try {
      const { failed, counterexample, errorInstance } = await fc.check(property, {
        seed,
        numRuns,
        endOnFailure: !shrink,
      });
      if (!failed) return undefined;
      const message = errorInstance instanceof Difference ? errorInstance.message : describeError(errorInstance);
      return { seed, history: counterexample![0], message };
    } finally {
      pair.clock.restore();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.bull.close(), this.ours.close()]);
    await this.server.stop();
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The parting as text, with how to see it again. */
export function describeParting({ seed, history, message }: Parting): string {
  const workers = history.workers.map((worker, i) => `  worker ${i}: ${JSON.stringify(worker)}`);
  const operations = history.operations.map((operation, i) => `  ${i + 1}. ${JSON.stringify(operation)}`);
  return [
    `BullMQ's scripts and ours part: ${message}`,
    'in this history:',
    ...workers,
    ...operations,
    `again: npm run test:differential -- --seed ${seed} --histories ${kPerSeed}`,
  ].join('\n');
}
