import { countUnknownAttempts, countWaitingAttempts, type Database } from '@payments/persistence';
import { type Logger, type Metrics, repeat } from '@payments/runtime';
import type { GatewayLine } from './line/gateway-line.js';

const INTERVAL_MS = 15_000;

/**
 * Updates gauges of one gateway's open attempts. By timer rather than on collection: an unresponsive database must
 * not block the other metrics.
 *
 * @returns a function that stops it
 */
export function watchAttempts(
  database: Pick<Database, 'primary'>,
  metrics: Metrics,
  logger: Logger,
  line: Pick<GatewayLine, 'provider' | 'isLeftAlone'>,
  intervalMs = INTERVAL_MS,
): () => void {
  const { provider } = line;
  const gauge = (name: string, help: string) => metrics.gauge({ name, help, labelNames: ['provider'] });
  const waiting = gauge('gateway_attempts_waiting', 'Attempts for which nothing has been done yet.');
  const overdue = gauge(
    'gateway_attempts_overdue_seconds',
    'How long the longest-due attempt has not been taken up; 0 if none is due, or calls wait because the gateway is disabled or its breaker is open.',
  );
  const unknown = gauge('gateway_unknown_outcomes', 'Attempts whose outcome is not known.');
  const age = gauge(
    'gateway_unknown_outcome_oldest_age_seconds',
    'How long the outcome of the oldest of them has been unknown; 0 if there is none.',
  );
  const inReview = gauge('gateway_reviews_open', 'Attempts whose outcome a person has to establish.');
  const measure = async (): Promise<void> => {
    const pending = await countWaitingAttempts(database.primary, provider);
    waiting.set({ provider }, pending.count);
    overdue.set({ provider }, line.isLeftAlone ? 0 : pending.overdueMs / 1000);
    const outcomes = await countUnknownAttempts(database.primary);
    const own = outcomes.find((one) => one.provider === provider);
    unknown.set({ provider }, own?.count ?? 0);
    age.set({ provider }, (own?.ageMs ?? 0) / 1000);
    inReview.set({ provider }, own?.inReview ?? 0);
  };
  return repeat(measure, {
    intervalMs,
    onFailure: (error) => logger.debug({ err: error }, 'attempts could not be counted'),
  });
}
