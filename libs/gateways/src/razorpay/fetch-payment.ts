import type { GatewayAnswer } from '../client/gateway-client.js';
import { intentIdIn } from '../fact-parts.js';
import { objectAt, possibleReferenceAt, referenceAt } from '../webhook-body.js';
import type { RazorpayAccount } from './account.js';
import { answerOfOrder, answerOfParts, type OrderPart } from './answer.js';
import type { AnsweredEntity } from './api.js';
import { checkoutOf } from './checkout.js';
import { type Ask, readOrder, readPayment, readPaymentsOf, readRefund, readRefundsOf } from './reads.js';

/** @returns as `GatewayClient.fetch` @throws RequestFailed, WebhookError `unreadable` */
export async function fetchFromRazorpay(
  ask: Ask,
  objectId: string,
  account: RazorpayAccount,
): Promise<GatewayAnswer | null> {
  switch (objectId.slice(0, objectId.indexOf('_'))) {
    case 'order':
      return wholeOrder(ask, await readOrder(ask, objectId), account);
    case 'pay':
      return ofPayment(ask, objectId, account);
    case 'rfnd': {
      const refund = await readRefund(ask, objectId);
      const paymentId = refund === null ? undefined : referenceAt(refund.entity, 'payment_id');
      return paymentId === undefined ? null : ofPayment(ask, paymentId, account);
    }
    default:
      return null;
  }
}

async function ofPayment(ask: Ask, id: string, account: RazorpayAccount): Promise<GatewayAnswer | null> {
  const payment = await readPayment(ask, id);
  if (payment === null) return null;
  const orderId = possibleReferenceAt(payment.entity, 'order_id');
  if (orderId !== undefined) return wholeOrder(ask, await readOrder(ask, orderId), account);
  return answerOfParts(id, ...(await withRefunds(ask, payment)));
}

/** The order with its payments and their refunds, each in the order in which they were made. */
async function wholeOrder(
  ask: Ask,
  order: AnsweredEntity | null,
  { keyId }: RazorpayAccount,
): Promise<GatewayAnswer | null> {
  if (order === null) return null;
  const opened = answerOfOrder(order, checkoutOf(keyId, order.entity));
  const parts: OrderPart[] = [];
  for (const payment of (await readPaymentsOf(ask, opened.gatewayObjectId)).reverse()) {
    parts.push(...(await withRefunds(ask, payment)));
  }
  const paid = answerOfParts(opened.gatewayObjectId, ...parts);
  const intentId = intentIdIn(objectAt(order.entity, 'notes').intentId, order.entity.receipt);
  return {
    ...paid,
    facts: [...opened.facts, ...paid.facts],
    ...(intentId === undefined ? {} : { intentId }),
  };
}

async function withRefunds(ask: Ask, payment: AnsweredEntity): Promise<OrderPart[]> {
  const { entity } = payment;
  const paymentId = referenceAt(entity, 'id');
  const hasRefunds = entity.status === 'refunded' || Number(entity.amount_refunded) > 0;
  const refunds = hasRefunds && paymentId !== undefined ? await readRefundsOf(ask, paymentId) : [];
  const parts = refunds.reverse().map((refund) => ({ ...refund, name: 'refund' as const, payment: entity }));
  return [{ ...payment, name: 'payment' }, ...parts];
}
