import type { Stripe } from 'stripe';
import { type AnsweredObject, answeredList } from './answer.js';

const PAGE_SIZE = 100;
/** More than a payment ever has; bounds the loop. */
const PAGES_MAX = 10;

/** Every refund of a payment intent, the newest first. @throws whatever the SDK throws */
export async function refundsOf(stripe: Stripe, paymentIntentId: string): Promise<AnsweredObject[]> {
  const refunds: AnsweredObject[] = [];
  let after: { readonly starting_after?: string } = {};
  for (let page = 0; page < PAGES_MAX; page++) {
    const list = await stripe.refunds.list({ payment_intent: paymentIntentId, limit: PAGE_SIZE, ...after });
    refunds.push(...answeredList(list));
    const last = list.data.at(-1);
    if (!list.has_more || last === undefined) break;
    after = { starting_after: last.id };
  }
  return refunds;
}
