import type { JsonObject } from '../webhook-body.js';
import { arrayAt, isJsonObject } from '../webhook-body.js';
import type { AnsweredEntity, RazorpayRequest } from './api.js';
import { isMissing } from './errors.js';

/** Makes one request to Razorpay, within the time-out of the client's method that makes it. */
export type Ask = (request: RazorpayRequest, refundKey?: string) => Promise<AnsweredEntity>;

/** Razorpay's maximum; more than a payment has refunds. */
const PAGE_SIZE = 100;

/** Null if Razorpay has no such object. @throws RequestFailed */
export function readOrder(ask: Ask, id: string): Promise<AnsweredEntity | null> {
  return orNullIfMissing(ask((sdk) => sdk.orders.fetch(id)));
}

/** As `readOrder`. */
export function readPayment(ask: Ask, id: string): Promise<AnsweredEntity | null> {
  return orNullIfMissing(ask((sdk) => sdk.payments.fetch(id)));
}

/** As `readOrder`. */
export function readRefund(ask: Ask, id: string): Promise<AnsweredEntity | null> {
  return orNullIfMissing(ask((sdk) => sdk.refunds.fetch(id)));
}

/** The newest first, as in all lists. @throws RequestFailed */
export async function readOrdersOf(ask: Ask, receipt: string): Promise<AnsweredEntity[]> {
  return itemsIn(await ask((sdk) => sdk.orders.all({ receipt, count: PAGE_SIZE })));
}

export async function readPaymentsOf(ask: Ask, orderId: string): Promise<AnsweredEntity[]> {
  return itemsIn(await ask((sdk) => sdk.orders.fetchPayments(orderId)));
}

/** Empty if Razorpay has no such payment. */
export async function readRefundsOf(ask: Ask, paymentId: string): Promise<AnsweredEntity[]> {
  const list = ask((sdk) => sdk.payments.fetchMultipleRefund(paymentId, { count: PAGE_SIZE }));
  const refunds = await orNullIfMissing(list);
  return refunds === null ? [] : itemsIn(refunds);
}

function itemsIn({ entity, at }: AnsweredEntity): AnsweredEntity[] {
  const items: readonly JsonObject[] = arrayAt(entity, 'items').filter(isJsonObject);
  return items.map((item) => ({ entity: item, at }));
}

async function orNullIfMissing(read: Promise<AnsweredEntity>): Promise<AnsweredEntity | null> {
  try {
    return await read;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
