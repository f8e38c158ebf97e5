import type { WebhookReceived } from '@payments/contracts';
import { isGatewayProvider, type WebhookStatus } from '@payments/domain';
import { objectIdsOf, type Report, type WebhookRow } from '@payments/persistence';
import { traceOf } from '@payments/runtime';
import { type ConsumedRecord, PoisonError } from '@payments/worker';
import { type ContentRules, contentOf, isWebhookSource } from './webhook-content.js';

/** A webhook as read from its record: its row without the final status, and its content. */
export interface ReceivedWebhook {
  readonly row: Omit<WebhookRow, 'status' | 'paymentIntentId' | 'error'>;
  /** What is to be applied; null if nothing is. */
  readonly report: Report | null;
  /** The final status if nothing is to be applied. */
  readonly end: { readonly status: WebhookStatus; readonly error: string | null };
}

/** @throws PoisonError if the record cannot be one of our webhooks */
export function receivedWebhook(
  webhook: WebhookReceived,
  body: Buffer,
  record: ConsumedRecord,
  rules: ContentRules,
): ReceivedWebhook {
  const { webhookId, provider, eventType, source, receivedAt, sealedBody } = webhook;
  if (!isGatewayProvider(provider)) {
    throw new PoisonError('UNKNOWN_PROVIDER', `no gateway is called ${JSON.stringify(provider)}`);
  }
  if (!isWebhookSource(source)) {
    throw new PoisonError('UNKNOWN_SOURCE', `no webhook comes from ${JSON.stringify(source)}`);
  }
  const content = contentOf({ provider, source }, body, rules);
  const { reading } = content;
  const named = { objectIds: reading?.objectIds ?? [], facts: reading?.facts ?? [] };
  const headers = traceOf(record.headers);
  return {
    row: {
      webhookId,
      provider,
      eventType,
      source,
      sealedBody,
      receivedAt: new Date(receivedAt),
      eventTime: reading?.eventTime ?? null,
      // With the ids of its facts: whoever claims one of them must find this row.
      objectIds: objectIdsOf(named),
      kafka: { topic: record.topic, partition: record.partition, offset: BigInt(record.offset) },
    },
    report:
      content.kind === 'facts'
        ? {
            source,
            provider,
            ...named,
            intentId: content.reading.intentId ?? null,
            ...(headers && { headers }),
          }
        : null,
    end: content.kind === 'facts' ? { status: 'UNMATCHED', error: null } : content,
  };
}
