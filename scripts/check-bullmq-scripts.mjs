// Fails when BullMQ's scripts or ours are no longer those that the differential test has compared.
import { checkFingerprint } from './lib/bullmq-fingerprint.mjs';
import { isMain, main } from './lib/run.mjs';

export { checkFingerprint as checkBullmqScripts };

if (isMain(import.meta.url)) {
  await main(() => console.log(`BullMQ's scripts: ${checkFingerprint()}`));
}
