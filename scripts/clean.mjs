// `npm run clean`: removes everything that was built; node_modules stays.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/run.mjs';

for (const name of readdirSync(root)) {
  if (/^(build(-.*)?|dist|prebuilds|coverage)$/.test(name)) {
    rmSync(join(root, name), { recursive: true });
    console.log(`removed ${name}/`);
  }
}
