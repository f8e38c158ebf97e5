import { webhookIdOf } from '@payments/domain';
import { hmacKeys } from '../hmac.js';
import type { SyncWebhookVerifier } from '../webhook.js';
import { readStripeEvent } from './events.js';
import { checkStripeSignature } from './signature.js';

/** @param secrets of the webhook endpoint, newest first; several while one is being rotated. */
export function createStripeVerifier(secrets: readonly string[]): SyncWebhookVerifier {
  const keys = hmacKeys(secrets);
  return {
    verify({ headers, body, receivedAt }) {
      checkStripeSignature(headers['stripe-signature'], body, keys, receivedAt);
      const { id, type, key, time } = readStripeEvent(body);
      return {
        provider: 'stripe',
        webhookId: webhookIdOf('stripe', id),
        eventType: type,
        key,
        eventTime: time,
      };
    },
  };
}
