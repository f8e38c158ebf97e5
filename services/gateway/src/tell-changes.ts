import { type Cache, forgetPayments } from '@payments/cache';
import type { Settled } from '@payments/persistence';

/** What a transaction changed that others have to hear of. */
export type ToldChanges = Pick<Settled, 'changes' | 'outboxShards'>;

export interface TellChangesDeps {
  readonly cache: Pick<Cache, 'invalidate'>;
  /** Called with the shards of the outbox that have new records. */
  readonly wakeRelay: (shards: ReadonlySet<number>) => void;
}

/**
 * After the commit: what was left in the outbox is sent, what is cached of the payment goes. Webhooks that waited for
 * an id that was claimed here are settled by the webhook worker, whose timer finds them within a second.
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
