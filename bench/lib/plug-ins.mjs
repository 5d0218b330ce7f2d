// Peers (who is measured) and scenarios (with what work) are modules in their folders; a new file is a new choice.
//
// A peer exports { name, title, needs, create }: `needs` is the scenario's form that it runs ('inline', 'native' or 'file'),
// `create(queueName, scenario, workerOptions, library)` returns a worker with BullMQ's run(), waitUntilReady(), close().
// A scenario exports { name, title, data } and the forms of its processor that it has.
import { readdirSync } from 'node:fs';
import { Failure } from '../../scripts/lib/run.mjs';

const folder = kind => new URL(`../${kind}/`, import.meta.url);

/** The names to choose from. Nothing is loaded: a peer may need a build that isn't there. */
export function names(kind) {
  return readdirSync(folder(kind))
    .filter(file => file.endsWith('.mjs'))
    .map(file => file.slice(0, -'.mjs'.length));
}

/** @param kind 'peers' or 'scenarios' */
export async function load(kind, name) {
  if (!names(kind).includes(name)) {
    throw new Failure(`no '${name}' among the ${kind}: ${names(kind).join(', ')}`);
  }
  return (await import(new URL(`${name}.mjs`, folder(kind)))).default;
}
