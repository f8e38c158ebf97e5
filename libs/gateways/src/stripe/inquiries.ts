import type { GatewayOperation, PlannedCall } from '@payments/domain';
import type { Stripe } from 'stripe';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { objectAt } from '../webhook-body.js';
import { isSettled } from './already-done.js';
import { answeredList, answeredObject, answerOf } from './answer.js';
import { orNullIfMissing, orNullIfRefused } from './or-null-if.js';
import { refundsOf } from './refunds-of.js';
import { requiredPaymentIntent } from './required-payment-intent.js';

type Inquiry = (stripe: Stripe, call: PlannedCall) => Promise<GatewayAnswer | null>;

/** How to find out whether a call of each operation was executed. */
const INQUIRIES = {
  create: findCreated,
  confirm: inspectIntent,
  authorize: inspectIntent,
  capture: inspectIntent,
  cancel: inspectIntent,
  refund: findRefund,
} as const satisfies Record<GatewayOperation, Inquiry>;

/** @returns as `GatewayClient.inquire` @throws whatever the SDK throws, WebhookError `unreadable` */
export function inquireAtStripe(stripe: Stripe, call: PlannedCall): Promise<GatewayAnswer | null> {
  return INQUIRIES[call.operation](stripe, call);
}

/**
 * Searches for our attempt id in the metadata. The search index lags by up to a minute, during an outage of Stripe's by
 * up to an hour, and accounts in India have no search. So null proves little; the same key, sent again within its 24
 * hours, returns the intent at once. Lists are up to date but filter only by customer and time: all intents of the
 * account would have to be read.
 *
 * Source: https://docs.stripe.com/search#data-freshness, https://docs.stripe.com/api/payment_intents/search
 */
async function findCreated(stripe: Stripe, { attemptId }: PlannedCall) {
  const query = `metadata['attemptId']:'${attemptId}'`;
  const found = await orNullIfRefused(() => stripe.paymentIntents.search({ query, limit: 1 }));
  const [created] = found === null ? [] : answeredList(found);
  return created === undefined ? null : answerOf(created);
}

/**
 * The intent's state proves the outcome, except for a decline: an earlier decline may have left the same state, as the
 * customer may try again. The same key, sent again, returns the decline.
 */
async function inspectIntent(stripe: Stripe, call: PlannedCall) {
  const id = requiredPaymentIntent(call);
  const intent = await orNullIfMissing(() => stripe.paymentIntents.retrieve(id));
  if (intent === null) return null;
  const answer = answerOf(answeredObject(intent));
  return isSettled(call, answer, intent) ? answer : null;
}

/** The list of an intent's refunds is up to date, and ours have the attempt id in their metadata. */
async function findRefund(stripe: Stripe, call: PlannedCall) {
  const id = requiredPaymentIntent(call);
  const refunds = await orNullIfMissing(() => refundsOf(stripe, id));
  const ours = refunds?.find(({ object }) => objectAt(object, 'metadata').attemptId === call.attemptId);
  return ours === undefined ? null : answerOf(ours);
}
