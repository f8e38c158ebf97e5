import type { JsonObject } from '../webhook-body.js';
import { arrayAt, isJsonObject } from '../webhook-body.js';
import type { AnsweredEntity, RazorpayRequest } from './api.js';
import { isMissing } from './errors.js';

/** One request to Razorpay, within the time of the method that it is part of. */
export type Ask = (request: RazorpayRequest, refundKey?: string) => Promise<AnsweredEntity>;

/** More refunds than a payment ever has; Razorpay lists no more at once. */
const PAGE_SIZE = 100;

/** Null if Razorpay knows no such object. @throws RequestFailed */
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

/** The newest first, as all lists. @throws RequestFailed */
export async function readOrdersOf(ask: Ask, receipt: string): Promise<AnsweredEntity[]> {
  return itemsIn(await ask((sdk) => sdk.orders.all({ receipt, count: PAGE_SIZE })));
}

export async function readPaymentsOf(ask: Ask, orderId: string): Promise<AnsweredEntity[]> {
  return itemsIn(await ask((sdk) => sdk.orders.fetchPayments(orderId)));
}

/** None, where Razorpay knows no such payment. */
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
