// `npm run demo`: makes sure that everything is there, then runs examples/demo with the arguments given.
import { main, runNode } from './lib/run.mjs';
import { setup } from './setup.mjs';

await main(() => {
  setup('demo');
  runNode(['examples/demo/main.mjs', ...process.argv.slice(2)]);
});
