import type { SealKeyring } from '@payments/contracts';
import {
  type Database,
  findUnread,
  type Report,
  settleUnread,
  settleUnreadAs,
  type UnreadWebhook,
} from '@payments/persistence';
import { type Logger, repeat } from '@payments/runtime';
import type { TellChanges } from '@payments/worker';
import { type ContentRules, contentOf, type WebhookContent } from './webhook-content.js';
import type { WebhookEvents } from './webhook-events.js';

export interface RetryUnreadOptions {
  readonly database: Pick<Database, 'primary' | 'transaction'>;
  readonly keyring: Pick<SealKeyring, 'open'>;
  readonly rules: ContentRules;
  readonly events: WebhookEvents;
  readonly tell: TellChanges;
  readonly logger: Logger;
}

/** An earlier release may still run beside this one, and store more of them. */
const INTERVAL_MS = 60 * 60 * 1000;
/** Bodies in hand. */
const COUNT_MAX = 16;

/**
 * Tries FAILED webhooks again of which nothing could be read, such as those with a status that was not known: this
 * release may know it.
 *
 * @returns a function that stops it
 */
export function retryUnread(options: RetryUnreadOptions): () => void {
  const stop = new AbortController();
  const stopRepeating = repeat(() => retryAll(options, stop.signal), {
    intervalMs: INTERVAL_MS,
    onFailure: (error) => options.logger.warn({ err: error }, 'failed webhooks could not be tried again'),
  });
  return () => {
    stop.abort();
    stopRepeating();
  };
}

async function retryAll(options: RetryUnreadOptions, signal: AbortSignal): Promise<void> {
  for (let after: string | undefined; ; ) {
    const found = await findUnread(options.database.primary, COUNT_MAX, after);
    for (const webhook of found) {
      if (signal.aborted) return;
      await retry(options, webhook);
    }
    after = found.at(-1)?.rowId;
    if (after === undefined) return;
  }
}

/** One at a time: what is wrong with one keeps no other from its effect. */
async function retry(options: RetryUnreadOptions, webhook: UnreadWebhook): Promise<void> {
  const { keyring, logger, rules } = options;
  const { webhookId, provider, eventType, source, receivedAt, sealedBody } = webhook;
  try {
    const body = keyring.open({ webhookId, provider, eventType, source, receivedAt }, sealedBody);
    await settle(options, webhook, contentOf({ provider, source }, body, rules));
  } catch (error) {
    logger.warn({ webhook_id: webhookId, err: error }, 'a failed webhook could not be tried again');
  }
}

async function settle(
  { database, events, tell }: RetryUnreadOptions,
  webhook: UnreadWebhook,
  content: WebhookContent,
): Promise<void> {
  if (content.kind === 'ended') {
    const { reading, status } = content;
    if (reading === null || status === 'FAILED') return;
    await database.transaction((em) => settleUnreadAs(em, webhook, status, reading));
    events.readAgain(webhook, status, []);
    return;
  }
  const { objectIds, facts, intentId = null } = content.reading;
  const { provider, source } = webhook;
  const report: Report = { provider, source, objectIds, facts, intentId };
  const applied = await database.transaction((em) => settleUnread(em, webhook, report));
  const told = tell(applied);
  events.readAgain(webhook, applied.verdict.status, applied.changes);
  await told;
}
