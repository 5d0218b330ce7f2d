// process.exit() from within a callback of a worker, while further jobs are in flight.
import { input } from '../programs/child.mjs';
import { exitWithin } from '../programs/exiting.mjs';

await exitWithin(input.connection, input.queue, input.kind, input.place);
