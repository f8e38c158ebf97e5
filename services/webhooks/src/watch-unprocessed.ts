import { countUnprocessedWebhooks, type Database } from '@payments/persistence';
import { type Logger, type Metrics, repeat } from '@payments/runtime';

const INTERVAL_MS = 15_000;
const STATUSES = ['RECEIVED', 'VERIFYING', 'UNMATCHED', 'FAILED'] as const;

/**
 * Updates gauges of the webhooks that wait or failed: their number, and the age of the oldest. By timer rather than
 * on collection: an unresponsive database must not block the other metrics.
 *
 * @returns a function that stops it
 */
export function watchUnprocessed(
  database: Pick<Database, 'primary'>,
  metrics: Metrics,
  logger: Logger,
  intervalMs = INTERVAL_MS,
): () => void {
  const count = metrics.gauge({
    name: 'webhook_unprocessed_count',
    help: 'Webhooks that wait for something or have failed, by status.',
    labelNames: ['status'],
  });
  const age = metrics.gauge({
    name: 'webhook_unprocessed_oldest_age_seconds',
    help: 'Age of the oldest webhook that waits or has failed, by status; 0 if there is none.',
    labelNames: ['status'],
  });
  const measure = async (): Promise<void> => {
    const counted = await countUnprocessedWebhooks(database.primary);
    const counts = new Map(counted.map((one) => [one.status, one]));
    for (const status of STATUSES) {
      count.set({ status }, counts.get(status)?.count ?? 0);
      age.set({ status }, counts.get(status)?.oldestAgeSeconds ?? 0);
    }
  };
  return repeat(measure, {
    intervalMs,
    onFailure: (error) => logger.debug({ err: error }, 'waiting webhooks could not be counted'),
  });
}
