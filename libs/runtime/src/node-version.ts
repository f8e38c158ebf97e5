import { createRequire } from 'node:module';

const { engines } = createRequire(import.meta.url)('../package.json') as {
  readonly engines: { readonly node: string };
};

/**
 * Says which Node.js is needed, if `found` is older.
 *
 * @param found such as 24.6.0
 */
export function nodeProblem(found = process.versions.node): string | undefined {
  const needed = engines.node.replace('>=', '');
  if (found.localeCompare(needed, 'en', { numeric: true }) >= 0) return undefined;
  return `Node.js ${needed} or newer is needed, this is ${found}`;
}
