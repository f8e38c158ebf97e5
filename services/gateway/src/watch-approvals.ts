import type { GatewayProvider } from '@payments/domain';
import { type Database, listenToApprovals } from '@payments/persistence';
import { type Logger, sleep } from '@payments/runtime';

export interface ApprovalWatchOptions {
  readonly database: Pick<Database, 'primary'>;
  readonly provider: GatewayProvider;
  readonly logger: Logger;
  /** Payers have approved, or may have. */
  readonly onApproved: () => void;
}

const LISTEN_AGAIN_MS = 2_000;

/**
 * Hears of payers' approvals that other processes were told of, so that what waits for one need not wait for the
 * pool's timer too.
 *
 * @returns a function that stops it
 */
export function watchApprovals(options: ApprovalWatchOptions): () => Promise<void> {
  const stop = new AbortController();
  const listening = listenUntil(stop.signal, options);
  return async () => {
    stop.abort();
    await listening;
  };
}

async function listenUntil(
  signal: AbortSignal,
  { database, provider, logger, onApproved }: ApprovalWatchOptions,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await listenToApprovals(database, provider, onApproved, signal);
    } catch (error) {
      logger.warn({ err: error, provider }, 'approvals are heard of by the timer alone, for now');
      await sleep(LISTEN_AGAIN_MS, signal).catch(() => {});
    }
  }
}
