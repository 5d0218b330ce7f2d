// Live progress: one line that is drawn again and again on a terminal, a line each half second in a log.

/**
 * @param line returns what to show now
 * @returns a function that shows the line a last time and ends
 */
export function showProgress(line) {
  const terminal = process.stdout.isTTY;
  const start = performance.now();
  let shown;
  const draw = () => {
    const text = line();
    if (!terminal && text === shown) return;
    shown = text;
    const seconds = `${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s`;
    process.stdout.write(terminal ? `\r\x1b[K${seconds}  ${text}` : `${seconds}  ${text}\n`);
  };
  const timer = setInterval(draw, terminal ? 50 : 500);
  return () => {
    clearInterval(timer);
    draw();
    if (terminal) process.stdout.write('\n');
  };
}

/** A bar of 20 characters. */
export function bar(done, of) {
  const filled = Math.round((20 * done) / of);
  return `${'#'.repeat(filled)}${'.'.repeat(20 - filled)} ${String(done).padStart(String(of).length)}/${of}`;
}
