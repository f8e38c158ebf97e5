import { type Cache, forgetPayments } from '@payments/cache';
import type { Settled } from '@payments/persistence';

/** The changes of a transaction that others depend on. */
export type ToldChanges = Pick<Settled, 'changes' | 'outboxShards'>;

export interface TellChangesDeps {
  readonly cache: Pick<Cache, 'invalidate'>;
  /** Called with the shards of the outbox that have new records. */
  readonly wakeRelay: (shards: ReadonlySet<number>) => void;
}

/**
 * After the commit: wakes the outbox relay and invalidates the payment's cache. Webhooks that waited for an object id
 * claimed here are settled by the webhook worker, whose timer finds them within a second.
 */
export async function tellChanges(
  { cache, wakeRelay }: TellChangesDeps,
  { changes, outboxShards }: ToldChanges,
): Promise<void> {
  if (outboxShards.size > 0) wakeRelay(outboxShards);
  await forgetPayments(
    cache,
    changes.map(({ folded }) => folded.payment.intent),
  );
}
