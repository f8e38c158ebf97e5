/**
 * The architecture as data: which package may depend on which, and who alone may import a library that
 * touches the outside. Fails when a package.json, an import or a tsconfig reference says otherwise.
 *
 *   node tools/check-boundaries.js [folder of the repository]
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCOPE = '@payments/';

const WORKER = ['domain', 'contracts', 'worker', 'persistence', 'cache', 'runtime'];

/** By folder: the packages that it may list in `dependencies`. Nothing else is a package. */
const ALLOWED = {
  'libs/domain': [],
  'libs/runtime': [],
  'libs/contracts': [],
  'libs/messaging': ['contracts', 'runtime'],
  'libs/persistence': ['domain', 'runtime'],
  'libs/cache': ['domain', 'runtime'],
  'libs/gateways': ['domain', 'runtime'],
  'libs/worker': ['domain', 'messaging', 'persistence', 'cache', 'contracts', 'runtime'],
  'libs/client': ['domain', 'contracts', 'messaging', 'runtime'],
  'services/ingress': ['domain', 'contracts', 'messaging', 'cache', 'gateways', 'runtime'],
  'services/intents': WORKER,
  'services/webhooks': [...WORKER, 'gateways'],
  'services/gateway': [...WORKER, 'gateways'],
  'services/reconciliation': [...WORKER, 'gateways'],
  'services/dead-letter': ['domain', 'contracts', 'worker', 'persistence', 'gateways', 'runtime'],
  'services/cli': ['domain', 'persistence', 'cache', 'runtime'],
  'services/query': ['domain', 'persistence', 'cache', 'runtime'],
  'examples/order-service': ['client', 'contracts', 'messaging', 'runtime'],
  'infra/local': [],
  'infra/simulator': ['domain', 'runtime'],
  // Everything from outside, and the libraries to look at what came of it.
  e2e: [
    'domain',
    'contracts',
    'messaging',
    'persistence',
    'gateways',
    'cache',
    'client',
    'runtime',
    'simulator',
  ],
  bench: ['domain', 'contracts', 'messaging', 'persistence', 'gateways', 'cache', 'runtime', 'simulator'],
};

/** Libraries that one package keeps to itself, so that it can be replaced in one place. */
const KEPT = {
  // bench: the obvious first version of an ingress, which ours is measured against.
  kafkajs: ['libs/messaging', 'bench'],
  '@kafkajs/confluent-schema-registry': ['libs/messaging', 'bench'],
  '@platformatic/kafka': ['libs/messaging'],
  typeorm: ['libs/persistence'],
  // bench: the bare server that reads are measured against.
  ioredis: ['libs/cache', 'bench'],
  express: ['services/ingress', 'services/query', 'services/dead-letter', 'bench'],
};

/** What tests run on, real parts and stand-ins for the gateways: any package may list them for development. */
const FOR_TESTS = ['local', 'simulator'];
/** By folder: what its tests look at the outside with, and its own code does not know. */
const FOR_TESTS_OF = {
  'services/intents': ['messaging'],
  'services/webhooks': ['messaging'],
  'services/gateway': ['messaging'],
};
/** These look at the system from outside: all that they have is tests and measurements. */
const OUTSIDE = ['e2e', 'bench'];

function main(root) {
  const rootPackage = readJson(join(root, 'package.json'));
  const folders = rootPackage.workspaces
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
    .map((file) => dirname(file))
    .sort();
  const problems = folders.flatMap((folder) => problemsOf(root, folder));
  const references = new Set(readJson(join(root, 'tsconfig.json')).references.map(({ path }) => path));
  for (const folder of folders) {
    if (!references.has(folder))
      problems.push(`tsconfig.json does not build ${folder}: add it to references`);
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`package boundaries hold: ${folders.length} packages`);
}

function problemsOf(root, folder) {
  const allowed = ALLOWED[folder];
  if (allowed === undefined) return [`${folder} is not in tools/check-boundaries.js: say what it may import`];
  const manifest = readJson(join(root, folder, 'package.json'));
  return [
    ...problemsOfDependencies(folder, manifest, allowed),
    ...problemsOfImports(root, folder, manifest),
    ...problemsOfReferences(root, folder, manifest),
  ];
}

function problemsOfDependencies(folder, manifest, allowed) {
  const problems = [];
  for (const name of internalNames(manifest.dependencies)) {
    if (!allowed.includes(name)) problems.push(`${folder} must not depend on ${SCOPE}${name}`);
  }
  for (const name of internalNames(manifest.devDependencies)) {
    const forTests = folder === 'infra/local' ? [] : [...FOR_TESTS, ...(FOR_TESTS_OF[folder] ?? [])];
    if (!forTests.includes(name) && !allowed.includes(name)) {
      problems.push(`${folder} must not depend on ${SCOPE}${name}, not even for development`);
    }
  }
  for (const [library, owners] of Object.entries(KEPT)) {
    const listed = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies };
    if (library in listed && !owners.includes(folder)) {
      problems.push(`${folder} must not list ${library}: only ${owners.join(', ')} may`);
    }
  }
  return problems;
}

/** Imports that no package.json shows: of kept libraries that happen to be installed, and of files of others. */
function problemsOfImports(root, folder, manifest) {
  const problems = [];
  const listed = new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }));
  const forTestsOnly = new Set(internalNames(manifest.devDependencies).map((name) => `${SCOPE}${name}`));
  for (const file of globSync('src/**/*.ts', { cwd: join(root, folder) })) {
    const text = readFileSync(join(root, folder, file), 'utf8');
    for (const specifier of importsIn(text)) {
      const where = `${folder}/${file} imports ${specifier}`;
      const name = packageOf(specifier);
      const leaves = relative(join(root, folder), resolve(root, folder, dirname(file), specifier));
      if (specifier.startsWith('.')) {
        if (leaves.startsWith('..')) problems.push(`${where}, a file of another package`);
      } else if (name.startsWith(SCOPE) && !listed.has(name) && name !== manifest.name) {
        problems.push(`${where}, which its package.json does not list`);
      } else if (KEPT[name] !== undefined && !KEPT[name].includes(folder)) {
        problems.push(`${where}: only ${KEPT[name].join(', ')} may`);
      } else if (forTestsOnly.has(name) && !isTestFile(folder, file)) {
        problems.push(`${where}, which is there for tests only`);
      }
    }
  }
  return problems;
}

function problemsOfReferences(root, folder, manifest) {
  const file = join(root, folder, 'tsconfig.json');
  if (!existsSync(file)) return [`${folder} has no tsconfig.json`];
  const wanted = internalNames({ ...manifest.dependencies, ...manifest.devDependencies })
    .map((name) => Object.keys(ALLOWED).find((one) => one === name || one.endsWith(`/${name}`)) ?? name)
    .sort();
  const present = (readJson(file).references ?? [])
    .map(({ path }) => relative(root, resolve(root, folder, path)))
    .sort();
  const missing = wanted.filter((one) => !present.includes(one));
  const extra = present.filter((one) => !wanted.includes(one));
  return [
    ...missing.map((one) => `${folder}/tsconfig.json lacks the reference to ${one} that package.json lists`),
    ...extra.map((one) => `${folder}/tsconfig.json refers to ${one}, which package.json does not list`),
  ];
}

function internalNames(dependencies = {}) {
  return Object.keys(dependencies)
    .filter((name) => name.startsWith(SCOPE))
    .map((name) => name.slice(SCOPE.length));
}

function isTestFile(folder, file) {
  return /\.test\.ts$|(^|\/)testing\//.test(file) || OUTSIDE.includes(folder);
}

/** `import … from`, `export … from`, `import '…'` and `import('…')`. */
function importsIn(text) {
  const statement = /\b(?:import|export)\s+[^'";]*?\bfrom\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g;
  return Array.from(text.matchAll(statement), ([, from, bare]) => from ?? bare);
}

function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

main(resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url))));
