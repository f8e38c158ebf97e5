import { deepStrictEqual } from 'node:assert';
import { ENDPOINTS } from '../endpoints.js';

/** @throws Error if a response violates its schema in docs/openapi-query.json, or contains more than that */
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
