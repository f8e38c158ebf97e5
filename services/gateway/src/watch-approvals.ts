import type { GatewayProvider } from '@payments/domain';
import { type Database, listenToApprovals } from '@payments/persistence';
import type { Logger } from '@payments/runtime';

export interface ApprovalWatchOptions {
  readonly database: Pick<Database, 'primary'>;
  readonly provider: GatewayProvider;
  readonly logger: Logger;
  /** Payers have approved, or may have. */
  readonly onApproved: () => void;
}

/**
 * Hears of payers' approvals that other processes were told of, so that what waits for one need not wait for the
 * pool's timer too.
 *
 * @returns a function that stops it
 */
export function watchApprovals({
  database,
  provider,
  logger,
  onApproved,
}: ApprovalWatchOptions): () => Promise<void> {
  const stop = new AbortController();
  const onLost = (error: unknown): void =>
    logger.warn({ err: error, provider }, 'approvals are heard of by the timer alone, for now');
  const listening = listenToApprovals(database, provider, { onApproved, onLost }, stop.signal);
  return async () => {
    stop.abort();
    await listening;
  };
}
