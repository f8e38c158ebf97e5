import { type Cache, forgetPayments } from '@payments/cache';
import type { PendingRow } from '@payments/persistence';
import { CacheLateError } from '../disposition.js';
import { paymentsOfEvents } from './payments-of-events.js';

/**
 * Invalidates the cached payments of rows before their events are published, on behalf of workers that died after
 * their commit. Rows are not published, and so not deleted, until Redis confirms. Only while Redis is down are events
 * published without that.
 *
 * @throws CacheLateError if the rows have to wait
 */
export async function forgetBeforePublishing(
  cache: Pick<Cache, 'invalidate' | 'isAway'>,
  rows: readonly Pick<PendingRow, 'payload'>[],
): Promise<void> {
  const forgotten = await forgetPayments(cache, paymentsOfEvents(rows));
  if (!forgotten && !cache.isAway) throw new CacheLateError('Redis did not confirm what it has to forget');
}
