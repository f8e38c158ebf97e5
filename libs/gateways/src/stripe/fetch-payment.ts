import type { Stripe } from 'stripe';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { intentIdIn } from '../fact-parts.js';
import { type JsonObject, objectAt, possibleReferenceAt } from '../webhook-body.js';
import { answeredList, answeredObject, answerOf } from './answer.js';
import { orNullIfMissing } from './or-null-if.js';
import { refundsOf } from './refunds-of.js';

/** A charge has one dispute, or a few in succession. */
const DISPUTES_MAX = 100;

/** Reads of the objects that name a payment intent, by prefix of id. `py_`, `pyr_`: methods other than cards. */
const OWNERS: Readonly<Record<string, (stripe: Stripe, id: string) => Promise<object>>> = {
  ch: (stripe, id) => stripe.charges.retrieve(id),
  py: (stripe, id) => stripe.charges.retrieve(id),
  re: (stripe, id) => stripe.refunds.retrieve(id),
  pyr: (stripe, id) => stripe.refunds.retrieve(id),
  dp: (stripe, id) => stripe.disputes.retrieve(id),
  du: (stripe, id) => stripe.disputes.retrieve(id),
};

/** @returns as `GatewayClient.fetch` @throws whatever the SDK throws, WebhookError `unreadable` */
export function fetchFromStripe(stripe: Stripe, objectId: string): Promise<GatewayAnswer | null> {
  return orNullIfMissing(async () => {
    const prefix = objectId.slice(0, objectId.indexOf('_'));
    if (prefix === 'pi') return wholePayment(stripe, objectId);
    const retrieve = Object.hasOwn(OWNERS, prefix) ? OWNERS[prefix] : undefined;
    if (retrieve === undefined) return null;
    const part = await retrieve(stripe, objectId);
    // A charge without a payment intent was not made by us.
    const id = possibleReferenceAt(part as JsonObject, 'payment_intent');
    return id === undefined ? null : wholePayment(stripe, id);
  });
}

/** The intent with its refunds and disputes. */
async function wholePayment(stripe: Stripe, id: string): Promise<GatewayAnswer> {
  const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
  const { latest_charge: charge } = intent;
  const intentId = intentIdIn(objectAt(intent as unknown as JsonObject, 'metadata').intentId);
  const ours = intentId === undefined ? {} : { intentId };
  if (typeof charge !== 'object' || charge === null) return { ...answerOf(answeredObject(intent)), ...ours };
  const refunds = await refundsOf(stripe, id);
  const disputes = charge.disputed
    ? answeredList(await stripe.disputes.list({ payment_intent: id, limit: DISPUTES_MAX }))
    : [];
  return { ...answerOf(answeredObject(intent), ...refunds, ...disputes), ...ours };
}
