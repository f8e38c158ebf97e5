import { SealKeyring, TOPICS } from '@payments/contracts';
import type { ServiceRuntime } from '@payments/runtime';
import { startConsuming, startWorkerParts } from '@payments/worker';
import type { IntentsConfig } from './config.js';
import { startExpiry } from './expiry.js';
import { ApplyCommand } from './handlers/apply-command.js';
import { IntentsEvents } from './intents-events.js';
import { keepPartitions } from './keep-partitions.js';

/** Wires the intents service and starts it; what it starts is stopped in reverse order at shutdown. */
export async function startIntents(rt: ServiceRuntime<IntentsConfig>): Promise<void> {
  const { config, logger, metrics } = rt;
  const parts = await startWorkerParts(rt);
  const { database, codec, tell } = parts;
  const events = new IntentsEvents(metrics, logger);
  rt.onShutdown('partitions', keepPartitions(database, metrics, logger));

  const expiry = startExpiry({
    database,
    events,
    tell,
    intervalMs: config.INTENTS_EXPIRY_INTERVAL_MS,
  });
  rt.onShutdown('expiry', () => expiry.close());

  await startConsuming(rt, parts, {
    group: 'intents',
    topic: TOPICS.intentCommands.name,
    handler: new ApplyCommand({
      codec,
      events,
      tell,
      keyring: new SealKeyring(config.SEAL_KEYS),
    }),
    transactionsConcurrently: config.INTENTS_TRANSACTIONS_CONCURRENTLY,
  });
}
