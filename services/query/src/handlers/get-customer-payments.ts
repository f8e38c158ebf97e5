import { customerPaymentsKey, type Found, PAYMENT_TTL_S, type ReadCache, readThrough } from '@payments/cache';
import {
  type Database,
  type IntentPlace,
  intentJson,
  type ReadReplica,
  readCustomerPayments,
} from '@payments/persistence';
import { intentCursor, readIntentCursor } from '../cursor.js';
import { name, type ParameterSource, readParameters, wholeNumber } from '../parameters.js';

const LIMIT_MAX = 100;
const LIMIT_DEFAULT = 20;

export interface GetCustomerPaymentsDeps {
  readonly database: Pick<Database, 'primary'>;
  readonly replica: ReadReplica;
  readonly cache: ReadCache;
}

/** `GET /v1/customers/{customerId}/payments?limit&cursor`: the customer's intents, the newest first. */
export async function getCustomerPayments(
  { database, replica, cache }: GetCustomerPaymentsDeps,
  source: ParameterSource,
): Promise<string> {
  const query = { limit: wholeNumber(1, LIMIT_MAX), cursor: readIntentCursor };
  const { customerId, limit = LIMIT_DEFAULT, cursor } = readParameters(source, { customerId: name }, query);
  const fromReplica = () => replica.read((from) => readPage(from, customerId, limit, cursor));
  // Only the first page as most ask for it: the others are not read twice.
  if (cursor !== undefined || limit !== LIMIT_DEFAULT) return (await fromReplica()).text;
  const cached = { key: customerPaymentsKey(customerId), ttlS: PAYMENT_TTL_S };
  return readThrough(cache, cached, async (ticket) => {
    // What was changed moments ago may not have come to the replica.
    return ticket?.justChanged ? readPage(database.primary, customerId, limit, undefined) : fromReplica();
  });
}

async function readPage(
  from: Database['primary'],
  customerId: string,
  limit: number,
  after: IntentPlace | undefined,
): Promise<Found> {
  // One more than wanted tells whether there is another page.
  const found = await readCustomerPayments(from, customerId, { countMax: limit + 1, after });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  const nextCursor = last ? intentCursor(last) : null;
  const text = JSON.stringify({ payments: page.map(intentJson), nextCursor });
  return { version: 0, text, isEmpty: page.length === 0 };
}
