import { ApiError } from '@paypal/paypal-server-sdk';
import type { AnsweredResource } from './answered-resource.js';
import type { PayPalRequest } from './api.js';
import { refusalIn } from './refusal.js';

/** Makes one request to PayPal, within the time-out of the client's method that makes it. */
export type Ask = (request: PayPalRequest) => Promise<AnsweredResource>;

/** Null if PayPal has no such object, as for all reads below. @throws whatever the SDK throws */
export function readOrder(ask: Ask, id: string): Promise<AnsweredResource | null> {
  return orNullIfMissing(ask(({ orders }, options) => orders.getOrder({ id }, options)));
}

export function readCapture(ask: Ask, captureId: string): Promise<AnsweredResource | null> {
  return orNullIfMissing(ask(({ payments }, options) => payments.getCapturedPayment({ captureId }, options)));
}

export function readAuthorization(ask: Ask, authorizationId: string): Promise<AnsweredResource | null> {
  return orNullIfMissing(
    ask(({ payments }, options) => payments.getAuthorizedPayment({ authorizationId }, options)),
  );
}

export function readRefund(ask: Ask, refundId: string): Promise<AnsweredResource | null> {
  return orNullIfMissing(ask(({ payments }, options) => payments.getRefund({ refundId }, options)));
}

export function readDispute(ask: Ask, id: string): Promise<AnsweredResource | null> {
  return orNullIfMissing(ask(({ getDispute }, options) => getDispute(id, options)));
}

async function orNullIfMissing(read: Promise<AnsweredResource>): Promise<AnsweredResource | null> {
  try {
    return await read;
  } catch (error) {
    // A 404 that a proxy answered says nothing about the object.
    const isMissing = error instanceof ApiError && error.statusCode === 404 && refusalIn(error) !== null;
    if (isMissing) return null;
    throw error;
  }
}
