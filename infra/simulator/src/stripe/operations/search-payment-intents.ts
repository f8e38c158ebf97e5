import { invalidParameter } from '../errors.js';
import { paymentIntentObject } from '../objects.js';
import type { StripePayment } from '../state.js';
import type { StripeHandler } from '../world.js';

type Test = (payment: StripePayment) => boolean;

const LIMIT_MAX = 100;
const CLAUSE =
  /^\s*(?:metadata\[(["'])(?<key>[^"']+)\1\]|(?<field>status|currency|customer)):\s*(["'])(?<value>[^"']*)\4\s*$/;

/** By equality alone, the clauses joined with AND. @see https://docs.stripe.com/api/payment_intents/search */
export const searchPaymentIntents: StripeHandler = ({ params }, { state, links, clock, settings }) => {
  params.only('query', 'limit', 'page');
  const tests = params.requiredText('query').split(/ AND /i).map(testOf);
  const limit = params.integer('limit', { min: 1, max: LIMIT_MAX }) ?? 10;
  const page = params.integer('page', { min: 1, max: 10_000 }) ?? 1;
  const writtenBefore = clock.now() - settings.stripeSearchLagMs;
  const found = [...state.payments.values()]
    .filter(({ createdMs }) => createdMs <= writtenBefore)
    .filter((payment) => tests.every((test) => test(payment)))
    .reverse();
  const hasMore = page * limit < found.length;
  return {
    object: 'search_result',
    url: '/v1/payment_intents/search',
    has_more: hasMore,
    next_page: hasMore ? String(page + 1) : null,
    data: found.slice((page - 1) * limit, page * limit).map((payment) => paymentIntentObject(payment, links)),
  };
};

function testOf(clause: string): Test {
  const { key, field, value = '' } = CLAUSE.exec(clause)?.groups ?? {};
  if (key !== undefined) return ({ metadata }) => Object.hasOwn(metadata, key) && metadata[key] === value;
  switch (field) {
    case 'status':
      return ({ status }) => status === value;
    case 'currency':
      return ({ currency }) => currency.toLowerCase() === value;
    case 'customer':
      return ({ customer }) => customer === value;
    default:
      throw invalidParameter('query', `We were unable to parse your search query: ${clause.slice(0, 100)}`);
  }
}
