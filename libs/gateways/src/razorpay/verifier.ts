import { webhookIdOf } from '@payments/domain';
import { hmacKeys } from '../hmac.js';
import type { SyncWebhookVerifier } from '../webhook.js';
import { readRazorpayEvent } from './events.js';
import { checkRazorpaySignature } from './signature.js';

/** @param secrets of the webhook, newest first; Razorpay signs retries of older events with the older secret. */
export function createRazorpayVerifier(secrets: readonly string[]): SyncWebhookVerifier {
  const keys = hmacKeys(secrets);
  return {
    verify({ headers, body }) {
      checkRazorpaySignature(headers['x-razorpay-signature'], body, keys);
      const { id, type, key, time } = readRazorpayEvent(body);
      return {
        provider: 'razorpay',
        webhookId: webhookIdOf('razorpay', id),
        eventType: type,
        key,
        eventTime: time,
      };
    },
  };
}
