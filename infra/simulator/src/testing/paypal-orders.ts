import { expect } from '@jest/globals';
import { CheckoutPaymentIntent, type OrderRequest } from '@paypal/paypal-server-sdk';
import type { TestSimulator } from './test-simulator.js';

/** Asks for whole resources in answers. */
export const ALL = { prefer: 'return=representation' };

export const usd = (value: string) => ({ currencyCode: 'USD', value });

/** What the SDK throws for a refusal. */
export const refused = (issue: string, statusCode = 422) => ({
  statusCode,
  result: { debug_id: expect.any(String), details: [expect.objectContaining({ issue })] },
});

export function orderRequest(
  value: string,
  currencyCode: string,
  intent = CheckoutPaymentIntent.Capture,
): OrderRequest {
  return {
    intent,
    purchaseUnits: [{ customId: 'intent-1', invoiceId: 'order-1', amount: { currencyCode, value } }],
  };
}

/** Orders of a simulator in the states that tests begin with. */
export function paypalOrders(sim: () => TestSimulator) {
  async function create(value = '19.99', currency = 'USD', intent = CheckoutPaymentIntent.Capture) {
    const { result } = await sim().paypal.orders.createOrder({
      body: orderRequest(value, currency, intent),
      ...ALL,
    });
    return { ...result, id: result.id ?? '' };
  }

  async function approved(intent = CheckoutPaymentIntent.Capture) {
    const { id } = await create('19.99', 'USD', intent);
    await sim().control('POST', `/customers/paypal/${id}`, { act: 'agree' });
    return id;
  }

  async function captured() {
    const { result } = await sim().paypal.orders.captureOrder({ id: await approved() });
    return result.purchaseUnits?.[0]?.payments?.captures?.[0]?.id ?? '';
  }

  async function authorized() {
    const id = await approved(CheckoutPaymentIntent.Authorize);
    const { result } = await sim().paypal.orders.authorizeOrder({ id });
    return result.purchaseUnits?.[0]?.payments?.authorizations?.[0]?.id ?? '';
  }

  return { create, approved, captured, authorized };
}
