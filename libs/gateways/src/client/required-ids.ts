import type { PlannedCall } from '@payments/domain';
import { GatewayError } from './gateway-error.js';

/** The order of a call. @throws GatewayError INVALID_REQUEST if it has none */
export function requiredOrder({ operation, gatewayObjectId }: PlannedCall): string {
  return required(gatewayObjectId, 'no_gateway_object', `there is no order to ${operation}`);
}

/** The object of a call. @throws GatewayError INVALID_REQUEST if it has none */
export function requiredTarget({ operation, targetId }: PlannedCall): string {
  return required(targetId, 'no_target', `there is nothing to ${operation}`);
}

function required(id: string | null, code: string, message: string): string {
  if (id !== null) return id;
  throw new GatewayError({ type: 'INVALID_REQUEST', failure: { code, message } });
}
