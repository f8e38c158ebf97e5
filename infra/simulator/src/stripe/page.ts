import { noSuch } from './errors.js';
import type { StripeParams } from './params.js';

const LIMIT = 10;
const LIMIT_MAX = 100;

export const PAGE_PARAMETERS = ['limit', 'starting_after', 'ending_before'] as const;

interface Listed {
  readonly id: string;
}

/**
 * A page of what is listed, newest first. @see https://docs.stripe.com/api/pagination
 * @param newestFirst everything that the list has
 */
export function pageOf<Item extends Listed>(
  params: StripeParams,
  url: string,
  newestFirst: readonly Item[],
  objectOf: (item: Item) => object,
): object {
  const limit = params.integer('limit', { min: 1, max: LIMIT_MAX }) ?? LIMIT;
  const indexOf = (name: 'starting_after' | 'ending_before'): number | undefined => {
    const id = params.text(name);
    if (id === undefined) return undefined;
    const index = newestFirst.findIndex((item) => item.id === id);
    if (index === -1) throw noSuch('object', id, name);
    return index;
  };
  const before = indexOf('ending_before');
  const start = before === undefined ? (indexOf('starting_after') ?? -1) + 1 : Math.max(0, before - limit);
  const page = newestFirst.slice(start, before === undefined ? start + limit : before);
  const hasMore = before === undefined ? start + limit < newestFirst.length : start > 0;
  return { object: 'list', url, has_more: hasMore, data: page.map(objectOf) };
}
