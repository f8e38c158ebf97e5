import { deepStrictEqual } from 'node:assert';
import { ENDPOINTS } from '../endpoints.js';

/** @throws Error if an answer is not what docs/openapi-query.json promises of its path, or says more than that */
export function checkAnswer(url: string, body: unknown): void {
  const { pathname } = new URL(url);
  const endpoint = ENDPOINTS.find(({ path }) => patternOf(path).test(pathname));
  if (endpoint === undefined) throw new Error(`${pathname} is no endpoint`);
  // Parsing drops what the schema does not name.
  deepStrictEqual(endpoint.answer.parse(body), body);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
