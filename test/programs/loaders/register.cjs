// Has require() take the types out of TypeScript: `node --require register.cjs`.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { transpileModule, ModuleKind } = require('typescript');

Module._extensions['.ts'] = (module, path) => {
  const { outputText } = transpileModule(readFileSync(path, 'utf8'), {
    compilerOptions: { module: ModuleKind.CommonJS },
  });
  module._compile(outputText, path);
};
