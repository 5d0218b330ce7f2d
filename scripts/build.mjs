// `npm run build`: the addon, then the library over it. After it, require() and import work from the root.
import { buildAddon } from './build-addon.mjs';
import { buildLib } from './build-lib.mjs';
import { main } from './lib/run.mjs';

await main(() => {
  const built = [buildAddon(), buildLib()];
  console.log(built.some(Boolean) ? 'built' : 'up to date');
});
