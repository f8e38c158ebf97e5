import type { KeyObject } from 'node:crypto';
import type { JsonValue, PlannedCall } from '@payments/domain';
import { GatewayError } from '../client/gateway-error.js';
import { requiredOrder, requiredTarget } from '../client/required-ids.js';
import { hmacSha256Hex, sameBytes } from '../hmac.js';
import type { JsonObject } from '../webhook-body.js';

/**
 * The parameters of Razorpay's checkout, at which the customer pays an order.
 *
 * @see https://razorpay.com/docs/payments/payment-gateway/web-integration/standard/integration-steps/
 */
export function checkoutOf(keyId: string, { id, amount, currency }: JsonObject): JsonValue {
  return { type: 'razorpay_checkout', keyId, orderId: id, amount, currency } as JsonValue;
}

/**
 * Checks that the payment of a confirmation was made at the checkout of this order: hex HMAC-SHA256 over
 * `order_id|payment_id` with the account's secret.
 *
 * @see https://razorpay.com/docs/payments/payment-gateway/web-integration/standard/integration-steps/
 * @throws GatewayError INVALID_REQUEST
 */
export function requireCheckoutSignature(call: PlannedCall, key: KeyObject): void {
  const expected = hmacSha256Hex(key, `${requiredOrder(call)}|${requiredTarget(call)}`);
  if (call.gatewaySignature !== null && sameBytes(expected, Buffer.from(call.gatewaySignature))) return;
  const message = 'the signature of the checkout does not match order and payment';
  throw new GatewayError({
    type: 'INVALID_REQUEST',
    failure: { code: 'checkout_signature_invalid', message },
  });
}
