// fib(n) the slow way, in JavaScript: a processor file, whose jobs run on JavaScript threads.
const slowFib = n => (n < 2 ? n : slowFib(n - 1) + slowFib(n - 2));

module.exports = async job => {
  const start = performance.now();
  const value = slowFib(job.data.n);
  return { n: job.data.n, value, ms: performance.now() - start };
};
