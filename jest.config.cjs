// Tests run against the built package: `npm run build` first (`npm test` does).
/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/chaos/', '<rootDir>/test/native/'],
  modulePathIgnorePatterns: ['<rootDir>/build', '<rootDir>/dist/types'],
  moduleNameMapper: { '^aurochs$': '<rootDir>/dist/cjs/index.js' },
  // Types are checked by tsc, once for everything; here they are only stripped.
  transform: { '\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json', diagnostics: false }] },
  testTimeout: 30_000,
  maxWorkers: 2,
};
