// `npm run test:chaos`: the long tests; `-- --report` writes docs/faults.md, everything else goes to Jest.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const given = process.argv.slice(2);
const report = given.includes('--report');
const args = given.filter(arg => arg !== '--report');
const only = report && args.length === 0 ? ['test/chaos/faults.test.ts', 'test/chaos/idle.test.ts'] : [];
const env = { ...process.env, ...(report ? { AUROCHS_REPORT: '1' } : {}) };
const jest = [require.resolve('jest/bin/jest'), '--config', 'jest.chaos.config.cjs', ...only, ...args];
process.exitCode = spawnSync(process.execPath, jest, { stdio: 'inherit', env }).status ?? 1;
