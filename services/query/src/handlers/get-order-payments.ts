import { orderPaymentsKey, PAYMENT_TTL_S, type ReadCache, readThrough } from '@payments/cache';
import { type Database, intentJson, readOrderPayments } from '@payments/persistence';
import { name, type ParameterSource, readParameters } from '../parameters.js';

/** An order has a handful of attempts: one with more than this is shown without its oldest. */
const PAYMENTS_COUNT_MAX = 100;

/** `GET /v1/orders/{orderId}/payments`: the order's intents, the newest first. */
export async function getOrderPayments(
  { database, cache }: { readonly database: Pick<Database, 'primary'>; readonly cache: ReadCache },
  source: ParameterSource,
): Promise<string> {
  const { orderId } = readParameters(source, { orderId: name }, {});
  const cached = { key: orderPaymentsKey(orderId), ttlS: PAYMENT_TTL_S };
  return readThrough(cache, cached, async () => {
    const payments = await readOrderPayments(database.primary, orderId, PAYMENTS_COUNT_MAX);
    const text = JSON.stringify({ payments: payments.map(intentJson) });
    return { version: 0, text, isEmpty: payments.length === 0 };
  });
}
