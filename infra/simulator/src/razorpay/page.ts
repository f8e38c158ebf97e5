import { badRequest } from './errors.js';

const COUNT = 10;
const COUNT_MAX = 100;

/** A window of a list by `count` and `skip`, within `from` and `to` (seconds of the epoch). @throws Refusal */
export function pageOf<Item extends { readonly createdS: number }>(
  query: URLSearchParams,
  newestFirst: readonly Item[],
): readonly Item[] {
  const from = numberOf(query, 'from', 0, Number.MAX_SAFE_INTEGER);
  const to = numberOf(query, 'to', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const skip = numberOf(query, 'skip', 0, Number.MAX_SAFE_INTEGER);
  const count = numberOf(query, 'count', COUNT, COUNT_MAX);
  return newestFirst.filter(({ createdS }) => createdS >= from && createdS <= to).slice(skip, skip + count);
}

function numberOf(query: URLSearchParams, name: string, standard: number, max: number): number {
  const value = Number(query.get(name) ?? standard);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw badRequest(`The ${name} must be a number from 0 to ${max}.`, name);
}
