import type { PlannedCall } from '@payments/domain';
import { GatewayError } from '../client/gateway-error.js';

/** The payment intent that a call is about. @throws GatewayError INVALID_REQUEST if it names none */
export function requiredPaymentIntent({ operation, gatewayObjectId }: PlannedCall): string {
  if (gatewayObjectId !== null) return gatewayObjectId;
  const message = `there is no payment intent to ${operation}`;
  throw new GatewayError({ type: 'INVALID_REQUEST', failure: { code: 'no_gateway_object', message } });
}
