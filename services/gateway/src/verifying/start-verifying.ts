import { type Database, leaseVerifying, type VerifyingWebhook } from '@payments/persistence';
import type { Logger, Metrics } from '@payments/runtime';
import type { GatewayLine } from '../line/gateway-line.js';
import { LeasePool } from '../pool/lease-pool.js';
import { VerifyWebhook, type VerifyWebhookDeps } from './verify-webhook.js';
import { VerifyingEvents } from './verifying-events.js';

export interface StartVerifyingOptions extends Pick<VerifyWebhookDeps, 'tell'> {
  readonly database: Pick<Database, 'transaction'>;
  /** To the gateway whose webhooks are verified. */
  readonly line: Pick<GatewayLine, 'provider' | 'timeoutMs' | 'fetch'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly pollIntervalMs?: number;
}

export interface Verifying {
  /** Waits for what is being verified until the deadline. */
  close(deadline?: AbortSignal): Promise<void>;
}

const POLL_INTERVAL_MS = 500;
/** Few: what a fetch would bring mostly was told by the answer of a call before. */
const CONCURRENCY = 8;
/** Beside the fetch of a lease: for waiting one's turn, and for the transaction after it. */
const LEASE_SLACK_MS = 20_000;

/**
 * Verifies the webhooks of one gateway that wait as VERIFYING, so many at a time, until it is closed. Several
 * processes may do so side by side.
 */
export function startVerifying(options: StartVerifyingOptions): Verifying {
  const { database, line, pollIntervalMs = POLL_INTERVAL_MS } = options;
  const events = new VerifyingEvents(options.metrics, options.logger);
  const verification = new VerifyWebhook({ database, client: line, events, tell: options.tell });
  return new LeasePool<VerifyingWebhook>({
    lease: (countMax) => {
      const wanted = { provider: line.provider, countMax, leaseMs: line.timeoutMs + LEASE_SLACK_MS };
      return database.transaction((em) => leaseVerifying(em, wanted));
    },
    work: async (webhook) => {
      await verification.verify(webhook);
      return false;
    },
    room: (inHand) => CONCURRENCY - inHand,
    pollIntervalMs,
    onLeaseFailed: (error) => events.leaseFailed(error),
  });
}
