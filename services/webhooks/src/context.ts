import { webhookMarks } from '@payments/cache';
import { SealKeyring, TOPICS } from '@payments/contracts';
import type { ServiceRuntime } from '@payments/runtime';
import { startConsuming, startWorkerParts } from '@payments/worker';
import type { WebhooksConfig } from './config.js';
import { ApplyWebhook } from './handlers/apply-webhook.js';
import { waitingReader } from './read-waiting.js';
import { retryUnread } from './retry-unread.js';
import { startSettleLoop } from './settle-loop.js';
import { watchUnprocessed } from './watch-unprocessed.js';
import { WebhookEvents } from './webhook-events.js';

/** Wires the webhook worker and starts it; what it starts is stopped in reverse order at shutdown. */
export async function startWebhooks(rt: ServiceRuntime<WebhooksConfig>): Promise<void> {
  const { config, logger, metrics } = rt;
  const parts = await startWorkerParts(rt);
  const { database, cache, codec, tell } = parts;
  rt.onShutdown('count of waiting webhooks', watchUnprocessed(database, metrics, logger));

  const keyring = new SealKeyring(config.SEAL_KEYS);
  const rules = { verifyPayPal: config.WEBHOOKS_PAYPAL_VERIFY };
  const events = new WebhookEvents(metrics, logger);

  const settling = startSettleLoop({
    database,
    events,
    tell,
    logger,
    readWaiting: waitingReader(keyring, rules),
  });
  rt.onShutdown('settling of waiting webhooks', () => settling.close());

  const retrying = { database, keyring, rules, events, tell, logger };
  rt.onShutdown('reading of failed webhooks', retryUnread(retrying));

  await startConsuming(rt, parts, {
    group: 'webhooks',
    topic: TOPICS.webhookReceived.name,
    handler: new ApplyWebhook({
      codec,
      keyring,
      events,
      rules,
      tell,
      marks: webhookMarks(cache),
      wakeSettling: () => settling.wake(),
    }),
    transactionsConcurrently: config.WEBHOOKS_TRANSACTIONS_CONCURRENTLY,
  });
}
