// Who is measured in a scenario, and a line about each who isn't.
import { Failure } from '../../scripts/lib/run.mjs';
import { load } from './plug-ins.mjs';

/** Why this peer can't do this scenario; undefined if it can. */
async function obstacle(peer, scenario) {
  if (!scenario[peer.needs]) return `the work has no form for it (${peer.needs})`;
  const store = await load('stores', peer.store ?? 'bullmq');
  if (scenario.stores && !scenario.stores.includes(store.name)) return 'its jobs are not BullMQ’s';
  if (peer.drives && scenario.measure !== 'handoff') return 'it has no queue';
  return peer.missing?.();
}

/** @returns the `peers` as plug-ins, the `baseline` among them, and `leftOut`, lines */
export async function choosePeers(scenario, options) {
  const wanted = await Promise.all((options.subjects ?? scenario.peers).map(name => load('peers', name)));
  const obstacles = await Promise.all(wanted.map(peer => obstacle(peer, scenario)));
  const peers = wanted.filter((_, i) => !obstacles[i]);
  const leftOut = wanted.flatMap(({ title }, i) => (obstacles[i] ? [`${title} left out: ${obstacles[i]}`] : []));
  if (peers.length === 0) throw new Failure([`nobody is left to measure in '${scenario.name}'`, ...leftOut].join('\n'));
  const name = options.baseline ?? scenario.baseline ?? 'bullmq-inline';
  return { peers, leftOut, baseline: peers.find(peer => peer.name === name) };
}
