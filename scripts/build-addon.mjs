// Builds the addon with cmake-js against the headers of the Node that runs this, so that nothing is downloaded.
// Does nothing when neither the sources nor the settings have changed. `--force` builds in any case.
// In an installed package, too: what it needs of npm's packages is then fetched for the time of the build.
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fingerprint, nativeExtensions, sources, Stamp } from './lib/files.mjs';
import { Failure, isMain, jobs, main, root, run, runNode } from './lib/run.mjs';

/** The folder above include/node: next to the running Node, or where npm's `nodedir` setting points. */
function findNodeDir() {
  const candidates = [dirname(dirname(realpathSync(process.execPath))), process.env.npm_config_nodedir];
  const found = candidates.find(folder => {
    const version = folder && join(folder, 'include/node/node_version.h');
    if (!version || !existsSync(version) || !existsSync(join(folder, 'include/node/uv.h'))) {
      return false;
    }
    const major = /NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(version, 'utf8'))?.[1];
    return major === process.versions.node.split('.')[0];
  });
  if (!found) {
    throw new Failure(
      `the headers of Node.js ${process.version} (include/node/uv.h, node_api.h) are not beside ${process.execPath}. ` +
        "Node's own archives and packages carry them; or unpack its headers archive and set npm_config_nodedir " +
        'to the folder that holds include/node',
    );
  }
  return found;
}

const buildPackages = ['cmake-js', 'node-addon-api'];
/** Set where `npm exec` has fetched those for an installed package, and has put them on the PATH. */
const { AUROCHS_BUILD_PACKAGES: fetched } = process.env;

/** The folder of one of them. Not of what else may be installed around us, which has versions of its own. */
function packageFolder(name) {
  const bins = (process.env.PATH ?? '').split(delimiter).filter(path => path.endsWith(join('node_modules', '.bin')));
  const folders = fetched ? bins.map(dirname) : [join(root, 'node_modules')];
  return folders.map(folder => join(folder, name)).find(folder => existsSync(folder));
}

/** Runs this script again where npm has fetched them to. */
function runWithPackages() {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = buildPackages.map(name => `--package=${name}@${devDependencies[name]}`);
  const self = [process.execPath, join(root, 'scripts/build-addon.mjs'), ...process.argv.slice(2)];
  run('npm', ['exec', '--yes', '--ignore-scripts', ...packages, '--', ...self], {
    env: { AUROCHS_BUILD_PACKAGES: '1' },
  });
}

/**
 * @param options.out build folder; the addon is `<out>/Release/aurochs.node`
 * @param options.sanitize '' or what AUROCHS_SANITIZE takes
 * @returns true when it built something
 */
export function buildAddon({ out = 'build', sanitize = '', force = false, say = console.log } = {}) {
  const nodeDir = findNodeDir();
  const [cmakeJsFolder, addonApi] = buildPackages.map(packageFolder);
  if (!cmakeJsFolder || !addonApi) throw new Failure(`${buildPackages.join(' or ')} is missing; run: npm ci`);
  const settings = [
    `--CDAUROCHS_NODE_ADDON_API=${addonApi}`,
    `--CDAUROCHS_SANITIZE=${sanitize}`,
    `--CDAUROCHS_WERROR=${process.env.CI && !fetched ? 'ON' : 'OFF'}`,
    '--config=Release',
    '--prefer-make',
    `--out=${out}`,
  ];
  const addonApiVersion = JSON.parse(readFileSync(join(addonApi, 'package.json'), 'utf8')).version;
  const machine = [settings, nodeDir, process.version, process.arch, addonApiVersion, root];
  const files = [
    'CMakeLists.txt',
    ...sources(['cmake'], ['.cmake', '.map']),
    ...sources(['src', 'binding', 'include'], nativeExtensions),
  ];
  const inputs = new Stamp(`${out}/.inputs`, fingerprint(files, machine));
  const addon = `${out}/Release/aurochs.node`;
  if (!force && inputs.current && existsSync(join(root, addon))) {
    return false;
  }

  say(`building ${addon}`);
  const cmakeJs = command =>
    runNode([join(cmakeJsFolder, 'bin/cmake-js'), command, `--parallel=${jobs}`, '--log-level=warn', ...settings], {
      quiet: true,
      env: { npm_config_nodedir: nodeDir },
    });
  const configured = new Stamp(`${out}/.settings`, fingerprint([], machine));
  if (!configured.current) {
    rmSync(join(root, out, 'CMakeCache.txt'), { force: true });
    cmakeJs('configure');
    configured.write();
  }
  cmakeJs('build');
  if (!existsSync(join(root, addon))) {
    throw new Failure(`the build ended without ${addon}`);
  }
  if (!sanitize) {
    // A symbol without a definition shows only now: the linker leaves Node's for the process to resolve.
    runNode(['-e', 'require(process.argv[1])', join(root, addon)], { quiet: true });
  }
  inputs.write();
  return true;
}

if (isMain(import.meta.url)) {
  await main(() => {
    if (!fetched && !buildPackages.every(packageFolder)) {
      runWithPackages();
    } else if (!buildAddon({ force: process.argv.includes('--force') })) {
      console.log('build/Release/aurochs.node is up to date');
    }
  });
}
