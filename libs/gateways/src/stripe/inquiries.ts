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

/** How it is found out what became of each operation. */
const INQUIRIES = {
  create: findCreated,
  confirm: lookAtIntent,
  authorize: lookAtIntent,
  capture: lookAtIntent,
  cancel: lookAtIntent,
  refund: findRefund,
} as const satisfies Record<GatewayOperation, Inquiry>;

/** @returns as `GatewayClient.inquire` @throws whatever the SDK throws, WebhookError `unreadable` */
export function inquireAtStripe(stripe: Stripe, call: PlannedCall): Promise<GatewayAnswer | null> {
  return INQUIRIES[call.operation](stripe, call);
}

/**
 * By our own id in its metadata: the search sees an intent up to a minute after it was created, up to an hour while
 * Stripe is disturbed, and accounts in India have no search. So null says little; the same key, sent again within its
 * 24 hours, gives the intent at once. Listing is immediate, but only by customer or time: all intents of the account
 * would have to be read.
 * Source: https://docs.stripe.com/search#data-freshness, https://docs.stripe.com/api/payment_intents/search
 */
async function findCreated(stripe: Stripe, { attemptId }: PlannedCall) {
  const query = `metadata['attemptId']:'${attemptId}'`;
  const found = await orNullIfRefused(() => stripe.paymentIntents.search({ query, limit: 1 }));
  const [created] = found === null ? [] : answeredList(found);
  return created === undefined ? null : answerOf(created);
}

/**
 * The intent shows it, but for a decline: it leaves the intent as an earlier one may have, and the customer may
 * try again. The same key, sent again, gives the decline as it was.
 */
async function lookAtIntent(stripe: Stripe, call: PlannedCall) {
  const id = requiredPaymentIntent(call);
  const intent = await orNullIfMissing(() => stripe.paymentIntents.retrieve(id));
  if (intent === null) return null;
  const answer = answerOf(answeredObject(intent));
  return isSettled(call, answer, intent) ? answer : null;
}

/** The list of an intent's refunds is up to date, and ours carry the attempt that they are of. */
async function findRefund(stripe: Stripe, call: PlannedCall) {
  const id = requiredPaymentIntent(call);
  const refunds = await orNullIfMissing(() => refundsOf(stripe, id));
  const ours = refunds?.find(({ object }) => objectAt(object, 'metadata').attemptId === call.attemptId);
  return ours === undefined ? null : answerOf(ours);
}
