import type { GatewayOperation, Money, PlannedCall } from '@payments/domain';
import {
  CheckoutPaymentIntent,
  type OrderRequest,
  PaypalExperienceUserAction,
  type PaypalWalletExperienceContext,
} from '@paypal/paypal-server-sdk';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { requiredOrder, requiredTarget } from '../client/required-ids.js';
import { decimalSent } from '../client/sent-amounts.js';
import { answerOfOrder, answerOfPart, type PartName } from './answer.js';
import type { AnsweredResource } from './answered-resource.js';
import { PAYPAL_EXPONENTS } from './facts.js';
import type { Ask } from './reads.js';

type Send = (ask: Ask, call: PlannedCall) => Promise<GatewayAnswer>;

/**
 * The request of each operation. A confirmation captures or authorizes an order that its payer approved, according to
 * the intent's capture method, for which the order was created.
 */
const PAYPAL_OPERATIONS = {
  create,
  confirm: (ask, call) =>
    call.captureMethod === 'manual' ? authorizeOrder(ask, call) : captureOrder(ask, call),
  authorize: authorizeOrder,
  capture,
  cancel,
  refund,
} as const satisfies Record<GatewayOperation, Send>;

/** Sends a call once under its key. @throws whatever the SDK throws */
export function sendToPayPal(ask: Ask, call: PlannedCall): Promise<GatewayAnswer> {
  return PAYPAL_OPERATIONS[call.operation](ask, call);
}

/** Without it, responses have little more than an id and a status. */
const WHOLE = { prefer: 'return=representation' } as const;

/** @see https://developer.paypal.com/docs/api/orders/v2/#orders_create */
async function create(ask: Ask, call: PlannedCall) {
  const body = orderRequest(call);
  const key = { paypalRequestId: call.idempotencyKey };
  return answerOfOrder(
    await ask(({ orders }, options) => orders.createOrder({ body, ...key, ...WHOLE }, options)),
  );
}

function orderRequest(call: PlannedCall): OrderRequest {
  const { amount, captureMethod, intentId, orderId, returnUrl } = call;
  const experienceContext: PaypalWalletExperienceContext = {
    userAction: PaypalExperienceUserAction.PayNow,
    ...(returnUrl === null ? {} : { returnUrl, cancelUrl: returnUrl }),
  };
  return {
    intent: captureMethod === 'manual' ? CheckoutPaymentIntent.Authorize : CheckoutPaymentIntent.Capture,
    purchaseUnits: [
      {
        referenceId: orderId,
        customId: intentId,
        // Makes an account that requires unique invoice ids refuse a second payment of the same intent.
        invoiceId: intentId,
        amount: sent(amount),
      },
    ],
    paymentSource: { paypal: { experienceContext } },
  };
}

/** @see https://developer.paypal.com/docs/api/orders/v2/#orders_capture */
async function captureOrder(ask: Ask, call: PlannedCall) {
  const id = requiredOrder(call);
  const key = { paypalRequestId: call.idempotencyKey };
  return answerOfOrder(
    await ask(({ orders }, options) => orders.captureOrder({ id, ...key, ...WHOLE }, options)),
  );
}

/** @see https://developer.paypal.com/docs/api/orders/v2/#orders_authorize */
async function authorizeOrder(ask: Ask, call: PlannedCall) {
  const id = requiredOrder(call);
  const key = { paypalRequestId: call.idempotencyKey };
  return answerOfOrder(
    await ask(({ orders }, options) => orders.authorizeOrder({ id, ...key, ...WHOLE }, options)),
  );
}

/**
 * PayPal releases what is not captured.
 *
 * @see https://developer.paypal.com/docs/api/payments/v2/#authorizations_capture
 */
async function capture(ask: Ask, call: PlannedCall) {
  const authorizationId = requiredTarget(call);
  const request = { authorizationId, paypalRequestId: call.idempotencyKey, ...WHOLE };
  const body = { amount: sent(call.amount), finalCapture: true };
  const answered = await ask(({ payments }, options) =>
    payments.captureAuthorizedPayment({ ...request, body }, options),
  );
  return answerOf(call, 'captures', answered);
}

/**
 * Voids the authorization. An order without one needs no call: PayPal closes it by itself.
 *
 * @see https://developer.paypal.com/docs/api/payments/v2/#authorizations_void
 */
async function cancel(ask: Ask, call: PlannedCall) {
  if (call.targetId === null) return { gatewayObjectId: requiredOrder(call), objectIds: [], facts: [] };
  const request = { authorizationId: call.targetId, paypalRequestId: call.idempotencyKey, ...WHOLE };
  const answered = await ask(({ payments }, options) => payments.voidPayment(request, options));
  return answerOf(call, 'authorizations', answered);
}

/** Of one capture, in whole or in part. @see https://developer.paypal.com/docs/api/payments/v2/#captures_refund */
async function refund(ask: Ask, call: PlannedCall) {
  const request = { captureId: requiredTarget(call), paypalRequestId: call.idempotencyKey, ...WHOLE };
  const body = {
    amount: sent(call.amount),
    customId: call.intentId,
    // An inquiry finds the refund by it.
    invoiceId: call.attemptId,
  };
  const answered = await ask(({ payments }, options) =>
    payments.refundCapturedPayment({ ...request, body }, options),
  );
  return answerOf(call, 'refunds', answered);
}

function answerOf(call: PlannedCall, name: PartName, answered: AnsweredResource): GatewayAnswer {
  return answerOfPart({ ...answered, name, orderId: requiredOrder(call) });
}

function sent(amount: Money) {
  return { currencyCode: amount.currency, value: decimalSent(amount, PAYPAL_EXPONENTS) };
}
