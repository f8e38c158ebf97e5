import { intentEventsRoute } from '../outbox/intent-events-route.js';
import { startOutboxRelay } from '../outbox/outbox-relay.js';
import type { OutboxRelayTuning } from '../outbox/outbox-relay-options.js';
import { connectRelayParts, type RelayTarget, topicSpecOf } from './relay-parts.js';

/**
 * A relay in its own process, to be killed. Prints `started`; with `stopBefore` it prints `stopped` instead of
 * executing its first statement that contains those words, and blocks.
 */
export interface RelayProcessOptions extends RelayTarget {
  readonly tuning: Partial<OutboxRelayTuning>;
  readonly stopBefore?: string;
}

const options = JSON.parse(String(process.argv[2])) as RelayProcessOptions;
const { database, producer, codec, logger, metrics } = await connectRelayParts(options);
const { stopBefore } = options;
if (stopBefore !== undefined) {
  const query = database.primary.query.bind(database.primary);
  database.primary.query = async (sql: string, parameters?: unknown[]) => {
    if (!sql.includes(stopBefore)) return query(sql, parameters);
    process.stdout.write('stopped\n');
    return new Promise<never>(() => {});
  };
}
await startOutboxRelay({
  database,
  producer,
  codec,
  logger,
  metrics,
  routes: [intentEventsRoute(topicSpecOf(options.topic))],
  tuning: options.tuning,
});
process.stdout.write('started\n');
