/**
 * Exits with 0 when node_modules holds what package-lock.json says, with 1 when `npm ci` is needed. Runs before
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
    return present[path].version !== version;
  };
  return !Object.entries(wanted).some(isMissing);
}

/** What lies in node_modules: not the root, and not the workspaces themselves. */
function packagesOf(file) {
  const all = Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages);
  return Object.fromEntries(
    all.filter(([path]) => path.startsWith('node_modules/') || path.includes('/node_modules/')),
  );
}
