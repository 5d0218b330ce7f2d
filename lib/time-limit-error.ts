/**
 * A job ran longer than its `timeLimit`, or, as the reason of an aborted signal, than the `softTimeLimit`.
 */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}
