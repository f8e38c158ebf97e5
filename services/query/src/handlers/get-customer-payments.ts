import { customerPaymentsKey, type Found, PAYMENT_TTL_S, readThrough } from '@payments/cache';
import { type Database, type IntentPlace, intentJson, readCustomerPayments } from '@payments/persistence';
import { customerPayments } from '../answers/payment-intent.js';
import { intentCursor, readIntentCursor } from '../cursor.js';
import { endpoint } from '../endpoint.js';
import { pageOf } from '../page.js';
import { cursor, limit, name } from '../parameters.js';

const LIMIT_MAX = 100;
const LIMIT_DEFAULT = 20;

export const getCustomerPayments = endpoint({
  path: '/v1/customers/{customerId}/payments',
  operationId: 'listCustomerPayments',
  summary: "A customer's payment intents, newest first.",
  description: 'From the read replica while it keeps up. Archived intents are not included.',
  pathParameters: { customerId: name('As the order service named them.') },
  queryParameters: { limit: limit(LIMIT_MAX, LIMIT_DEFAULT), cursor: cursor(readIntentCursor) },
  answer: customerPayments,
  handler:
    ({ database, replica, cache }) =>
    async ({ customerId, limit: countMax = LIMIT_DEFAULT, cursor: after }) => {
      const fromReplica = () => replica.read((from) => readPage(from, customerId, countMax, after));
      // Only the first page with the default size is cached: the others are rarely read twice.
      if (after !== undefined || countMax !== LIMIT_DEFAULT) return (await fromReplica()).text;
      const cached = { key: customerPaymentsKey(customerId), ttlS: PAYMENT_TTL_S };
      return readThrough(cache, cached, async (ticket) => {
        // What changed moments ago may not be on the replica yet.
        return ticket?.justChanged
          ? readPage(database.primary, customerId, countMax, undefined)
          : fromReplica();
      });
    },
});

async function readPage(
  from: Database['primary'],
  customerId: string,
  countMax: number,
  after: IntentPlace | undefined,
): Promise<Found> {
  const found = await readCustomerPayments(from, customerId, { countMax: countMax + 1, after });
  const { entries, nextCursor } = pageOf(found, countMax, intentCursor);
  const text = JSON.stringify({ payments: entries.map(intentJson), nextCursor });
  return { version: 0, text, isEmpty: entries.length === 0 };
}
