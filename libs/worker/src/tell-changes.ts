import { type Cache, type CachedPayment, forgetPayments } from '@payments/cache';
import { type Applied, type Database, type PaymentChange, signalApprovals } from '@payments/persistence';
import type { Logger } from '@payments/runtime';

/** The changes of a transaction that others depend on. */
export type ToldChanges = Pick<Applied, 'changes' | 'outboxShards'>;

/** To be called once the changes are committed. Never rejects. */
export type TellChanges = (told: ToldChanges) => Promise<void>;

export interface TellChangesDeps {
  readonly database: Pick<Database, 'primary'>;
  readonly cache: Pick<Cache, 'invalidate'>;
  /** Called with the shards of the outbox that have new records. */
  readonly wakeRelay: (shards: ReadonlySet<number>) => void;
  readonly logger: Logger;
}

/**
 * After the commit: wakes the outbox relay and the workers of gateways, and invalidates the cache of payments whose
 * representation to readers changed. Webhooks that waited for what is claimed are the webhook worker's own: its timer
 * finds them within a second.
 */
export async function tellChanges(
  { database, cache, wakeRelay, logger }: TellChangesDeps,
  { changes, outboxShards }: ToldChanges,
): Promise<void> {
  if (outboxShards.size > 0) wakeRelay(outboxShards);
  await Promise.all([
    wakeGateways(database, logger, changes),
    forgetPayments(cache, changedPayments(changes)),
  ]);
}

/** Some changes may be what calls at a gateway wait for. The workers' timers find what they were not told of. */
async function wakeGateways(
  database: Pick<Database, 'primary'>,
  logger: Logger,
  changes: readonly PaymentChange[],
): Promise<void> {
  try {
    await signalApprovals(database, changes);
  } catch (error) {
    logger.warn({ err: error }, 'the workers of gateways were not told of approvals');
  }
}

function changedPayments(changes: readonly PaymentChange[]): CachedPayment[] {
  return changes.filter(isVisible).map(({ folded }) => folded.payment.intent);
}

function isVisible({ before, folded }: PaymentChange): boolean {
  return folded.events.length > 0 || folded.payment.legs !== before.payment.legs;
}
