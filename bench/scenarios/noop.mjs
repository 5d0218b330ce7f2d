// Jobs `{ i }` and a processor that does nothing, so that only the worker itself is measured.

export default {
  name: 'noop',
  title: 'jobs {i: n}, a processor that does nothing',
  /** The data of the i-th job. */
  data: i => ({ i }),
  /** What it is for peers that run a function on the event loop. */
  inline: async () => null,
  /** What it is for peers that run a file on threads or in processes. */
  file: new URL('noop.cjs', import.meta.url),
  /** What it is for peers that run a native processor: a source that the bench compiles, and the symbol in it. */
  native: { source: new URL('noop.cc', import.meta.url), symbol: 'noop' },
};
