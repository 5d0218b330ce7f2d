// What the bench is made of are modules in folders; a new file is a new choice. docs/benchmarks/README.md has the fields.
//
//   scenarios/  with what work: jobs, processor, the settings that it is run at, what is told of it
//   peers/      who is measured: how a worker is started
//   measures/   what is measured and how
//   stores/     in what form jobs stand in Redis: BullMQ's, or that of another queue
import { readdirSync } from 'node:fs';
import { Failure } from '../../scripts/lib/run.mjs';

const folder = kind => new URL(`../${kind}/`, import.meta.url);

/** The names to choose from. Nothing is loaded: a peer may need a build that isn't there. */
export function names(kind) {
  return readdirSync(folder(kind))
    .filter(file => file.endsWith('.mjs'))
    .map(file => file.slice(0, -'.mjs'.length));
}

/** @param kind the folder's name */
export async function load(kind, name) {
  if (!names(kind).includes(name)) {
    throw new Failure(`no '${name}' among the ${kind}: ${names(kind).join(', ')}`);
  }
  return (await import(new URL(`${name}.mjs`, folder(kind)))).default;
}
