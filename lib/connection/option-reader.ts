/**
 * Reads options one by one, each with its check: what can't work is a TypeError that names the option.
 */
import { NotNative } from './result';

export type Options = Record<string, unknown>;

/** setTimeout's limit. What is longer, or Infinity, is never. */
const LONGEST = 2 ** 31 - 1;

export class OptionReader {
  /**
   * @param who - for messages: `Worker for queue 'q'`
   * @param at - where the options are, as the user would write it: `connection`
   */
  constructor(
    readonly who: string,
    readonly at: string,
    private readonly options: Options,
  ) {}

  /** null is as good as nothing. */
  get(name: string): unknown {
    return this.options[name] ?? undefined;
  }

  raw(name: string): unknown {
    return this.options[name];
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  names(): string[] {
    return Object.keys(this.options).filter(name => this.has(name));
  }

  /** The options that `name` holds. */
  under(name: string): OptionReader {
    const value = this.get(name) ?? {};
    if (typeof value !== 'object') throw this.mustBe(name, 'an object');
    return new OptionReader(this.who, `${this.at}.${name}`, value as Options);
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw this.mustBe(name, 'a string');
    return value;
  }

  /** A user's name or a password: clients send numbers as text. */
  secret(name: string): string | undefined {
    const value = this.get(name);
    if (typeof value === 'number') return String(value);
    if (value !== undefined && typeof value !== 'string') {
      throw new NotNative(`${this.at}.${name} is not a string`);
    }
    return this.text(name);
  }

  port(name: string, byDefault: number): number {
    const port = this.has(name) ? Number(this.get(name)) : byDefault;
    if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) throw this.mustBe(name, 'an integer from 1 to 65535');
    return port;
  }

  family(name: string): number {
    const family = this.get(name) ?? 0;
    const number = { IPv4: 4, IPv6: 6 }[String(family)] ?? Number(family);
    if (![0, 4, 6].includes(number)) throw this.mustBe(name, '4, 6, or 0 for either');
    return number;
  }

  db(name: string): number {
    const db = Number(this.get(name) ?? 0);
    if (!(Number.isInteger(db) && db >= 0)) throw this.mustBe(name, 'an integer, 0 or more');
    return db;
  }

  /** @returns 0 for never. */
  ms(name: string, byDefault: number): number {
    const value = this.get(name) ?? byDefault;
    if (!(typeof value === 'number' && value >= 0)) throw this.mustBe(name, `a number of milliseconds, 0 or more`);
    return value > LONGEST ? 0 : Math.ceil(value);
  }

  /** The smallest of those that are given; a client with a timeout of 0 would time out at once. */
  shortest(names: string[], byDefault: number): number {
    const given = names
      .filter(name => this.has(name))
      .map(name => {
        const value = this.get(name);
        if (!(typeof value === 'number' && value > 0)) throw this.mustBe(name, 'a number of milliseconds, more than 0');
        return value;
      });
    if (given.length === 0) return byDefault;
    const least = Math.min(...given);
    return least > LONGEST ? 0 : Math.ceil(least);
  }

  mustBe(name: string, what: string, wayOut = ''): TypeError {
    return this.fail(`${this.at}.${name} must be ${what}, not ${show(this.options[name])}${wayOut}`);
  }

  fail(message: string, cause?: unknown): TypeError {
    return new TypeError(`${this.who}: ${message}`, cause === undefined ? undefined : { cause });
  }

  notNative(name: string, is: string): NotNative {
    return new NotNative(`${this.at}.${name} ${is}`);
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value) && value.length === 0) return '[]';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
