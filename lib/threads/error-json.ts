/**
 * Errors as JSON text, from the thread where they were thrown to the one that fails the job with them.
 */

/** How many causes, or errors in errors, are kept. */
const MAX_DEPTH = 8;
/** An error may drag a whole socket along: its fields are cut off at this depth and number of values. */
const MAX_FIELD_DEPTH = 6;
const MAX_VALUES = 2_000;

/** Every field may be missing: errors also come from the native side, and from whatever was thrown. */
interface ErrorJson {
  name?: string;
  message?: string;
  stack?: string;
  cause?: CauseJson;
  /** Of an AggregateError. */
  errors?: CauseJson[];
  /** Its other own enumerable fields. */
  fields?: Record<string, unknown>;
}

/** A cause need not be an error. */
type CauseJson = { error: ErrorJson } | { value: unknown };

/** Whatever was thrown, as JSON text. Never throws. */
export function errorToJson(value: unknown): string {
  try {
    return JSON.stringify(encode(toErrorLike(value), new Set()));
  } catch {
    return JSON.stringify({ name: 'Error', message: 'The error that was thrown could not be read' });
  }
}

/** The error in a text by {@link errorToJson}. Never throws. */
export function errorFromJson(text: string): Error {
  try {
    const json = JSON.parse(text) as ErrorJson | null;
    if (typeof json === 'object' && json !== null) return decode(json);
  } catch {
    // A plain message.
  }
  return new Error(text);
}

/** As BullMQ: what has no message is made an Error of. */
function toErrorLike(value: unknown): object {
  if (isErrorLike(value)) return value;
  const error = new Error(value == null ? `The processor threw ${String(value)}` : String(value));
  // Where it was thrown is not known.
  error.stack = `Error: ${error.message}`;
  return error;
}

function isErrorLike(value: unknown): value is object {
  if (value instanceof Error) return true;
  return typeof value === 'object' && value !== null && Boolean(read(value, 'message'));
}

/** Getters and proxies of the user's may throw. */
function read(object: object, key: string): unknown {
  try {
    return (object as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** @param above errors that contain this one */
function encode(error: object, above: Set<object>): ErrorJson {
  above.add(error);
  // Not only own properties: a TypeError's name is its prototype's.
  const json: ErrorJson = {
    name: String(read(error, 'name') ?? 'Error'),
    message: String(read(error, 'message') ?? ''),
  };
  const stack = read(error, 'stack');
  if (typeof stack === 'string') json.stack = stack;
  const inner = above.size < MAX_DEPTH;
  const cause = read(error, 'cause');
  if (inner && cause !== undefined) json.cause = encodeCause(cause, above);
  const handled = new Set(['name', 'message', 'stack', 'cause']);
  if (error instanceof AggregateError) {
    handled.add('errors');
    if (inner) json.errors = error.errors.map(each => encodeCause(each, above));
  }
  const fields = Object.keys(error).filter(key => !handled.has(key));
  if (fields.length > 0) {
    const plain = new Plain();
    json.fields = Object.fromEntries(fields.map(key => [key, plain.copy(read(error, key), [error])]));
  }
  above.delete(error);
  return json;
}

function encodeCause(value: unknown, above: Set<object>): CauseJson {
  if (!(value instanceof Error)) return { value: new Plain().copy(value, []) };
  return above.has(value) ? { value: '[Circular]' } : { error: encode(value, above) };
}

/** Copies of fields that JSON can hold. */
class Plain {
  private values = 0;

  /** @param above objects that contain this value */
  copy(value: unknown, above: object[]): unknown {
    if (++this.values > MAX_VALUES) return '[…]';
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'function' || typeof value === 'symbol') return undefined;
    if (typeof value !== 'object' || value === null) return value;
    try {
      return this.copyObject(value, above);
    } catch {
      return undefined;
    }
  }

  private copyObject(value: object, above: object[]): unknown {
    if (above.includes(value)) return '[Circular]';
    if (above.length > MAX_FIELD_DEPTH) return Array.isArray(value) ? '[Array]' : '[Object]';
    if (ArrayBuffer.isView(value)) return `[${value.constructor.name}, ${value.byteLength} bytes]`;
    const inside = [...above, value];
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') return this.copy(toJSON.call(value) as unknown, inside);
    if (Array.isArray(value)) return value.slice(0, MAX_VALUES).map(each => this.copy(each, inside));
    const keys = Object.keys(value).slice(0, MAX_VALUES);
    const fields = Object.fromEntries(keys.map(key => [key, this.copy(read(value, key), inside)]));
    return value instanceof Error ? { name: value.name, message: value.message, ...fields } : fields;
  }
}

function decode(json: ErrorJson): Error {
  const message = json.message ?? '';
  const error = json.errors ? new AggregateError(json.errors.map(decodeCause), message) : new Error(message);
  const name = json.name ?? 'Error';
  // The stack of the thread; this one's would only show how the error came here.
  hide(error, 'stack', json.stack ?? (message ? `${name}: ${message}` : name));
  // BullMQ tells its own errors by their name.
  if (error.name !== name) hide(error, 'name', name);
  if (json.cause) hide(error, 'cause', decodeCause(json.cause));
  for (const [key, value] of Object.entries(json.fields ?? {})) {
    Object.defineProperty(error, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return error;
}

function decodeCause(cause: CauseJson): unknown {
  return 'error' in cause ? decode(cause.error) : cause.value;
}

/** As an error's built-in properties are: not enumerable. */
function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, enumerable: false, writable: true, configurable: true });
}
