import type { GatewayProvider } from '@payments/domain';
import { paypalEventId, razorpayId, stripeId } from '../gateway-ids.js';

/**
 * A recorded body made an event of its own: a fresh event id, for Razorpay (whose id is the body's hash)
 * another account. Everything else stays.
 */
export function withFreshId(provider: GatewayProvider, body: Buffer): Buffer {
  const event = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  const fresh = {
    stripe: () => ({ id: stripeId('evt') }),
    paypal: () => ({ id: paypalEventId() }),
    razorpay: () => ({ account_id: razorpayId('acc') }),
  }[provider]();
  return Buffer.from(JSON.stringify({ ...event, ...fresh }));
}
