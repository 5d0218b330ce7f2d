/**
 * BullMQ's Lua scripts, from the installed package, under BullMQ's names.
 */
import { createHash } from 'node:crypto';
import type { Script } from '../binding';

const NAMES = [
  'moveToActive',
  'moveToFinished',
  'extendLocks',
  'moveStalledJobsToWait',
  'updateProgress',
  'addLog',
] as const;

interface BullScript {
  name: string;
  content: string;
  keys: number;
}

// Not part of BullMQ's typed surface; the package is pinned to one version for that reason too.
// eslint-disable-next-line @typescript-eslint/no-require-imports -- it has no types to import by
const scripts = require('bullmq/dist/cjs/scripts') as Record<string, BullScript | undefined>;

let loaded: Record<string, Script> | undefined;

export function bullScripts(): Record<string, Script> {
  loaded ??= Object.fromEntries(NAMES.map(name => [name, load(name)]));
  return loaded;
}

function load(name: string): Script {
  const script = scripts[name];
  if (!script) throw new Error(`aurochs: the installed bullmq has no script ${name}`);
  return {
    source: script.content,
    sha1: createHash('sha1').update(script.content).digest('hex'),
    keys: script.keys,
  };
}
