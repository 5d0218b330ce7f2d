/**
 * Reads a batch of events as `binding/event_batch.h` writes it.
 */
import type { EngineEvent } from './events';

/** The layout that this reader knows. */
export const EVENT_FORMAT = 3;

const ABSENT = -1;
const ELSEWHERE = -2;
const REPEATED = -3;
const FIELD = -4;

export class EventBatch {
  private at = 0;
  private textAt = 0;
  private otherAt = 0;
  private lastToken: string | undefined;

  /**
   * @param count - of the numbers that are valid.
   * @param fieldNames - the names of jobs' fields that are known by number.
   */
  constructor(
    private readonly count: number,
    private readonly numbers: Float64Array,
    private readonly texts: string,
    private readonly others: readonly string[],
    private readonly fieldNames: readonly string[],
  ) {}

  get done(): boolean {
    return this.at >= this.count;
  }

  /** Whom the next event is for; event() follows. */
  target(): number {
    return this.numbers[this.at++];
  }

  event(): EngineEvent {
    const { numbers } = this;
    return {
      type: numbers[this.at++],
      job: numbers[this.at++],
      number: numbers[this.at++],
      flag: numbers[this.at++] !== 0,
      id: this.text(),
      token: this.token(),
      text: this.text(),
      list: this.list(),
    };
  }

  private token(): string | undefined {
    if (this.numbers[this.at] === REPEATED) {
      this.at++;
      return this.lastToken;
    }
    const token = this.text();
    if (token !== undefined) this.lastToken = token;
    return token;
  }

  private text(): string | undefined {
    const code = this.numbers[this.at++];
    if (code >= 0) return this.texts.substring(this.textAt, (this.textAt += code));
    if (code === ABSENT) return undefined;
    if (code === ELSEWHERE) return this.others[this.otherAt++];
    return this.fieldNames[FIELD - code];
  }

  private list(): string[] | undefined {
    const length = this.numbers[this.at++];
    if (length === ABSENT) return undefined;
    const list: string[] = [];
    for (let i = 0; i < length; i++) list.push(this.text()!);
    return list;
  }
}
