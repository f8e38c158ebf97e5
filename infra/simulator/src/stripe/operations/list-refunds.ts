import { refundObject } from '../objects.js';
import { PAGE_PARAMETERS, pageOf } from '../page.js';
import type { StripeHandler } from '../world.js';

/** @see https://docs.stripe.com/api/refunds/list */
export const listRefunds: StripeHandler = ({ params }, { state }) => {
  params.only(...PAGE_PARAMETERS, 'charge', 'created', 'payment_intent');
  const isInRange = params.range('created');
  const [charge, intent] = [params.text('charge'), params.text('payment_intent')];
  const payments = intent === undefined ? [...state.payments.values()] : [state.payments.get(intent)];
  const refunds = payments
    .flatMap((payment) => (payment?.refunds ?? []).map((refund) => ({ id: refund.id, refund, payment })))
    .filter(({ refund }) => (charge === undefined || refund.chargeId === charge) && isInRange(refund.created))
    .sort((left, right) => right.refund.created - left.refund.created);
  return pageOf(params, '/v1/refunds', refunds, ({ refund, payment }) =>
    payment === undefined ? {} : refundObject(payment, refund),
  );
};
