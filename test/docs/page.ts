// A page's code, in its order. What a reader needn't see stands in HTML comments, each at the start of a line:
//   <!-- file name.mjs … -->  a file beside the code     <!-- sh … -->      commands at this place
//   <!-- before … -->         JavaScript that the next block is put behind
//   <!-- after … -->          JavaScript that follows the block before
import { readFileSync } from 'node:fs';

export interface Step {
  kind: 'block' | 'file' | 'sh';
  /** Of a block: js, cpp, sh, …; '' for a figure. */
  language: string;
  /** A hidden file's, or the one that a block's first line gives it: `// resize.mjs`. */
  file?: string;
  text: string;
  line: number;
  before: string;
  after: string;
}

const kComment = /^<!-- (file|before|after|sh)\b *(.*)$/;
const kOwnName = /^(?:\/\/|\/\*|#) ([\w.-]+\.[a-z]+)(?: \*\/)?$/;

export function stepsOf(path: string): Step[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  const steps: Step[] = [];
  let before = '';
  const until = (end: string, from: number): number => {
    const found = lines.indexOf(end, from);
    if (found < 0) throw new Error(`${path}:${from}: nothing ends with ${end}`);
    return found;
  };
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\w*)$/.exec(lines[i]);
    const comment = kComment.exec(lines[i]);
    if (!fence && !comment) continue;
    const end = until(fence ? '```' : '-->', i + 1);
    const text = lines.slice(i + 1, end).join('\n');
    const step = { language: fence?.[1] ?? '', text, line: i + 1, before: '', after: '' };
    if (fence) {
      steps.push({ ...step, kind: 'block', before, file: kOwnName.exec(lines[i + 1])?.[1] });
      before = '';
    } else if (comment![1] === 'before') {
      before = text;
    } else if (comment![1] === 'after') {
      const last = steps.at(-1);
      if (!last || last.kind !== 'block') throw new Error(`${path}:${i + 1}: there is no block before`);
      last.after = text;
    } else {
      steps.push({ ...step, kind: comment![1] as 'file' | 'sh', file: comment![2] || undefined });
    }
    i = end;
  }
  if (before) throw new Error(`${path}: there is no block after the last 'before'`);
  return steps;
}
