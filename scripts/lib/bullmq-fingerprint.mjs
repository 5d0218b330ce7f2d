// What the differential test has compared: BullMQ's scripts, and ours that stands in for them. Plain Node.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Failure, root } from './run.mjs';

export const ourScript = 'src/protocol/lua/finish_and_fetch.lua';
const file = 'src/protocol/lua/bullmq.fingerprint.json';
const bullScripts = ['moveToActive', 'moveToFinished'];
const renew = 'npm run test:differential -- --accept';

function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** The text of one of BullMQ's scripts: its file is named for its number of keys too. */
function bullScript(name) {
  const folder = join(root, 'node_modules/bullmq/dist/cjs/scripts');
  const found = readdirSync(folder).filter(entry => new RegExp(`^${name}-\\d+\\.js$`).test(entry));
  if (found.length !== 1) {
    throw new Failure(`the installed bullmq has ${found.length} scripts ${name}; ${folder} should have one`);
  }
  return createRequire(import.meta.url)(join(folder, found[0]))[name].content;
}

/** What is installed and in the working tree now. */
export function currentScripts() {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/bullmq/package.json'), 'utf8'));
  const scripts = Object.fromEntries(bullScripts.map(name => [name, sha256(bullScript(name))]));
  scripts[ourScript] = sha256(readFileSync(join(root, ourScript), 'utf8'));
  return { bullmq: version, sha256: scripts };
}

/** @returns what was checked, in a few words; a Failure when it isn't what was compared */
export function checkFingerprint() {
  const path = join(root, file);
  if (!existsSync(path)) {
    throw new Failure(`${file} is missing: ${renew} compares our script with BullMQ's and writes it`);
  }
  const compared = JSON.parse(readFileSync(path, 'utf8'));
  const { bullmq, sha256 } = currentScripts();
  const changed = Object.keys(sha256).filter(name => sha256[name] !== compared.sha256?.[name]);
  if (changed.length > 0) {
    throw new Failure(
      `not what the differential test has compared: ${changed.join(', ')}\n` +
        `  bullmq is ${bullmq}, was ${compared.bullmq}. Our script has to leave in Redis what BullMQ's leave; see\n` +
        `  ${file}. This compares them again, and renews that file if they agree:\n  ${renew}`,
    );
  }
  return `bullmq ${bullmq}, ${compared.histories} histories`;
}

/** After a comparison that found no difference between the scripts that there were then. */
export function acceptFingerprint(compared, histories, seed) {
  if (JSON.stringify(compared) !== JSON.stringify(currentScripts())) {
    throw new Failure('a script has changed while it was compared: nothing is written');
  }
  writeFileSync(join(root, file), `${JSON.stringify({ ...compared, histories, seed }, null, 2)}\n`);
  return file;
}
