import { nodeProblem } from './node-version.js';

const EXIT_MISCONFIGURED = 2;

// Ends a program on an older Node.js. Programs import this first: what they import after it may fail while it loads.
const problem = nodeProblem();
if (problem !== undefined) {
  process.stderr.write(`${problem}: run node_modules/.bin/node, which \`make install\` puts there\n`);
  process.exit(EXIT_MISCONFIGURED);
}
