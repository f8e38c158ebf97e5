/**
 * Exits with 0 when the folders node_modules hold what package-lock.json says, with 1 when `npm ci` is needed. Runs before
 * anything is installed, on the system's Node.js: 20 or newer, else it says so and exits with 2.
 */
const { existsSync, readFileSync } = require('node:fs');

const NODE_MIN = 20;

if (Number.parseInt(process.versions.node, 10) < NODE_MIN) {
  console.error(
    `Node.js ${NODE_MIN} or newer is needed, this is ${process.versions.node}: see https://nodejs.org`,
  );
  process.exit(2);
}
process.exit(isInstalled() ? 0 : 1);

function isInstalled() {
  if (!existsSync('node_modules/.bin/node') || !existsSync('node_modules/.package-lock.json')) return false;
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  const isMissing = ([path, { optional, version }]) => {
    if (present[path] === undefined) return !optional;
    return present[path].version !== version || (isOfWorkspace(path) && installedVersion(path) !== version);
  };
  return !Object.entries(wanted).some(isMissing);
}

/** In a node_modules of a workspace's own, which npm's record of the root's speaks of, and a copy of that leaves out. */
function isOfWorkspace(path) {
  return !path.startsWith('node_modules/');
}

function installedVersion(path) {
  const file = `${path}/package.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

/** What lies in a node_modules: not the root, and not the workspaces themselves. */
function packagesOf(file) {
  const all = Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages);
  return Object.fromEntries(
    all.filter(([path]) => path.startsWith('node_modules/') || path.includes('/node_modules/')),
  );
}
