import { orderPaymentsKey, PAYMENT_TTL_S, readThrough } from '@payments/cache';
import { intentJson, readArchivedIntentsOfOrder, readOrderPayments } from '@payments/persistence';
import { orderPayments } from '../answers/payment-intent.js';
import { endpoint } from '../endpoint.js';
import { name } from '../parameters.js';

/** Orders have a handful of attempts: beyond this limit the oldest are left out. */
const PAYMENTS_COUNT_MAX = 100;

export const getOrderPayments = endpoint({
  path: '/v1/orders/{orderId}/payments',
  operationId: 'listOrderPayments',
  summary: "An order's payment intents, newest first, at most 100.",
  description: 'Archived intents are listed by id only; reading one is 410.',
  pathParameters: { orderId: name('As the order service named it.') },
  queryParameters: {},
  answer: orderPayments,
  handler:
    ({ database, cache }) =>
    ({ orderId }) => {
      const cached = { key: orderPaymentsKey(orderId), ttlS: PAYMENT_TTL_S };
      return readThrough(cache, cached, async () => {
        const [payments, archivedIntentIds] = await Promise.all([
          readOrderPayments(database.primary, orderId, PAYMENTS_COUNT_MAX),
          readArchivedIntentsOfOrder(database.primary, orderId, PAYMENTS_COUNT_MAX),
        ]);
        const text = JSON.stringify({ payments: payments.map(intentJson), archivedIntentIds });
        return { version: 0, text, isEmpty: payments.length + archivedIntentIds.length === 0 };
      });
    },
});
