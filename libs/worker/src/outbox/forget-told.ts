import { type Cache, forgetPayments } from '@payments/cache';
import type { PendingRow } from '@payments/persistence';
import { CacheLateError } from '../disposition.js';
import { paymentsOfEvents } from './payments-of-events.js';

/**
 * Makes readers forget the payments that rows tell of, before anybody hears of their change. The row is what remains
 * of a worker that died after its commit: it is not sent, and so not deleted, before Redis has confirmed. Only while
 * Redis is away do events go on without it.
 *
 * @throws CacheLateError if the rows have to wait.
 */
export async function forgetTold(
  cache: Pick<Cache, 'invalidate' | 'isAway'>,
  rows: readonly Pick<PendingRow, 'payload'>[],
): Promise<void> {
  const forgotten = await forgetPayments(cache, paymentsOfEvents(rows));
  if (!forgotten && !cache.isAway) throw new CacheLateError('Redis did not confirm what it has to forget');
}
