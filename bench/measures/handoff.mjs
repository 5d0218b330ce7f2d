// Jobs as in `drain`, and for peers that have no queue at all, what handing a job over to its thread or process costs.
import { figuresOf } from '../lib/figures.mjs';
import drain from './drain.mjs';

export default async function handoff(context) {
  const { askAll, peer, setting } = context;
  if (!peer.drives) return drain(context);
  await askAll('drive', setting.warmUp);
  const before = await askAll('begin');
  const [took] = await askAll('drive', setting.jobs);
  const after = await askAll('end');
  return { jobsPerSecond: (setting.jobs / took) * 1000, ...figuresOf(before, after, setting.jobs) };
}
