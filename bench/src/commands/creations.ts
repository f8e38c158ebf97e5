import { randomUUID } from 'node:crypto';
import { type CommandId, commandIdOf, GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { API_KEY, API_KEY_ID } from '../api-key.js';

/** A creation over HTTP, with an order and a customer of its own. */
export interface Creation {
  readonly commandId: CommandId;
  readonly orderId: string;
  /** The complete HTTP request. */
  readonly request: Buffer;
}

/** Creations at all gateways in turn. @param more further fields of their bodies */
export function creations(
  count: number,
  more: (gatewayProvider: GatewayProvider) => object = () => ({}),
): Creation[] {
  return Array.from({ length: count }, (_, index) => {
    const id = randomUUID();
    const gatewayProvider = GATEWAY_PROVIDERS[index % GATEWAY_PROVIDERS.length] ?? 'stripe';
    const orderId = `order-${id}`;
    const body = JSON.stringify({
      orderId,
      customerId: `cust-${id}`,
      gatewayProvider,
      amount: 1999,
      currency: 'USD',
      metadata: { basket: `basket-${id}` },
      ...more(gatewayProvider),
    });
    const head = [
      'POST /v1/payment-intents HTTP/1.1',
      'host: 127.0.0.1',
      `authorization: Bearer ${API_KEY}`,
      `idempotency-key: ${id}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      '\r\n',
    ].join('\r\n');
    return { commandId: commandIdOf(API_KEY_ID, id), orderId, request: Buffer.from(head + body) };
  });
}
