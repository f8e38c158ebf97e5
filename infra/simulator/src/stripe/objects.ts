import { STRIPE_OBJECTS, type StripeFacts } from '../webhooks/stripe-objects.js';
import type { StripeDecline } from './payment-methods.js';
import {
  amountRefunded,
  latestCharge,
  type StripeCharge,
  type StripePayment,
  type StripeRefund,
} from './state.js';

/** What only the API's objects have: links to this simulator. */
export interface ObjectLinks {
  /** Where the customer authenticates. */
  readonly authenticationUrl: (paymentIntentId: string) => string;
}

export function paymentIntentObject(payment: StripePayment, links: ObjectLinks) {
  return {
    ...STRIPE_OBJECTS.payment_intent(factsOf(payment)),
    cancellation_reason: payment.cancellationReason ?? null,
    canceled_at: payment.canceledAt ?? null,
    client_secret: `${payment.id}_secret_simulated`,
    customer: payment.customer,
    description: payment.description,
    last_payment_error: payment.lastDecline === undefined ? null : paymentErrorOf(payment.lastDecline),
    next_action: nextActionOf(payment, links),
    payment_method: payment.paymentMethod ?? null,
  };
}

function nextActionOf({ status, id, returnUrl }: StripePayment, links: ObjectLinks): object | null {
  if (status !== 'requires_action') return null;
  const url = links.authenticationUrl(id);
  return { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl ?? null } };
}

export function paymentErrorOf({ code, declineCode, message }: StripeDecline) {
  return { type: 'card_error', code, decline_code: declineCode, message } as const;
}

export function chargeObject(payment: StripePayment, charge: StripeCharge) {
  const { decline } = charge;
  return {
    ...STRIPE_OBJECTS.charge({
      ...factsOf(payment, charge),
      status: charge.state === 'failed' ? 'failed' : 'succeeded',
    }),
    amount: charge.amount,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    payment_method: payment.paymentMethod ?? null,
    refunded: charge.state === 'released' || isAllRefunded(payment, charge),
  };
}

function isAllRefunded(payment: StripePayment, { amountCaptured }: StripeCharge): boolean {
  return amountCaptured > 0 && amountRefunded(payment) >= amountCaptured;
}

export function refundObject(payment: StripePayment, refund: StripeRefund) {
  return {
    ...STRIPE_OBJECTS.refund({
      ...factsOf(payment),
      refundId: refund.id,
      chargeId: refund.chargeId,
      created: refund.created,
      amount: refund.amount,
      status: refund.status,
      isRelease: refund.isRelease,
      metadata: refund.metadata,
    }),
    reason: refund.reason,
  };
}

function factsOf(payment: StripePayment, charge = latestCharge(payment)): StripeFacts {
  return {
    paymentIntentId: payment.id,
    chargeId: charge?.id ?? '',
    eventId: '',
    refundId: '',
    disputeId: '',
    status: payment.status,
    created: payment.created,
    amount: payment.amount,
    amountReceived: charge?.amountCaptured ?? 0,
    amountRefunded: charge?.state === 'failed' ? 0 : amountRefunded(payment),
    currency: payment.currency.toLowerCase(),
    metadata: payment.metadata,
    captureMethod: payment.captureMethod,
    hasCharge: charge !== undefined,
    hasFailed: false,
    isRelease: false,
  };
}
