// `npm run build`: the addon, then the library over it. After it, require() and import work from the root.
import { buildAddon } from './build-addon.mjs';
import { buildLib } from './build-lib.mjs';
import { checkBullmqScripts } from './check-bullmq-scripts.mjs';
import { main } from './lib/run.mjs';

await main(() => {
  // Our script leaves in Redis what these scripts of BullMQ's leave: no build with others.
  checkBullmqScripts();
  const built = [buildAddon(), buildLib()];
  console.log(built.some(Boolean) ? 'built' : 'up to date');
});
