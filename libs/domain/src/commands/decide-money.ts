import type { JsonValue } from '../facts.js';
import { confirmsWithToken } from '../gateway-provider.js';
import { legOf, type Payment } from '../payment.js';
import type { IntentStatus } from '../statuses.js';
import type { CaptureCommand, ConfirmCommand, RefundCommand } from './command.js';
import { type CommandedPayment, type GatewayCall, given, openRequest } from './gateway-request.js';
import { refundRooms, sumsOfLeg, takeFrom } from './leg-money.js';
import { amountNotTaken, type Plan, wrongAmount } from './plan.js';
import type { Rejection } from './rejections.js';

/**
 * How a confirmation is requested. At PayPal it captures or authorizes the money, once the customer has approved; at
 * Razorpay the customer pays on their own, and there is a request only once they bring the payment's id.
 */
export function confirmationOf(
  { intent, legs }: Payment,
  details: Readonly<Record<string, JsonValue>> = {},
): GatewayCall[] {
  const { provider, leg } = legOf({ intent, legs }, intent.currentLeg);
  if (provider === 'razorpay' && !('gatewayPaymentId' in details)) return [];
  const isHold = provider === 'paypal' && intent.captureMethod === 'manual';
  return [{ operation: isHold ? 'authorize' : 'confirm', provider, leg, amount: intent.amount, details }];
}

export function decideConfirm(payment: CommandedPayment, command: ConfirmCommand): Plan | Rejection {
  const { provider } = legOf(payment, payment.intent.currentLeg);
  const { paymentMethodToken, gatewayPaymentId, gatewaySignature, returnUrl } = command;
  if (openRequest(payment, 'confirm', 'authorize') !== undefined) {
    const detail = 'a confirmation is under way: wait for what it comes to';
    return { code: 'NOT_ALLOWED_IN_STATUS', detail };
  }
  if (provider === 'razorpay' && (gatewayPaymentId === null || gatewaySignature === null)) {
    const detail =
      "confirm.gatewayPaymentId and confirm.gatewaySignature are missing: Razorpay's checkout gives them";
    return { code: 'INVALID_COMMAND', detail };
  }
  if (paymentMethodToken === null && lacksToken(payment)) return MISSING_TOKEN;
  const details = given({ paymentMethodToken, gatewayPaymentId, gatewaySignature, returnUrl });
  return { change: null, calls: confirmationOf(payment, details) };
}

/**
 * In these statuses the gateway's object has no payment method: none was given, or it was declined and detached.
 * Later it has one, which the customer may have given there.
 */
const WITHOUT_MEANS: readonly IntentStatus[] = ['CREATED', 'REQUIRES_PAYMENT_METHOD'];

function lacksToken({ intent, legs }: Payment): boolean {
  const { provider, hasToken } = legOf({ intent, legs }, intent.currentLeg);
  return confirmsWithToken(provider) && !hasToken && WITHOUT_MEANS.includes(intent.status);
}

const MISSING_TOKEN: Rejection = {
  code: 'INVALID_COMMAND',
  detail:
    'confirm.paymentMethodToken is missing: Stripe needs it, and the creation brought none; ' +
    'send another confirmation that brings it',
};

/** Captures all that is authorized, or a part of it, once. The gateway releases the rest. */
export function decideCapture(payment: CommandedPayment, command: CaptureCommand): Plan | Rejection {
  if (openRequest(payment, 'capture') !== undefined) {
    return { code: 'ALREADY_CAPTURED', detail: 'its capture was asked for: an intent is captured once' };
  }
  const { provider, leg } = legOf(payment, payment.intent.currentLeg);
  const held = sumsOfLeg(payment, leg).amountAuthorized;
  const amount = command.amount ?? held;
  const wrong = command.amount === null ? undefined : wrongAmount('capture.amount', amount);
  if (wrong !== undefined) return wrong;
  if (amount > held || held === 0n) {
    return {
      code: 'AMOUNT_EXCEEDS_AUTHORIZED',
      detail: `capture.amount is at most the ${held} that are held`,
    };
  }
  if (provider === 'razorpay' && amount !== held) {
    const detail = `Razorpay captures all that is held: leave capture.amount out, or set it to ${held}`;
    return { code: 'PARTIAL_CAPTURE_UNSUPPORTED', detail };
  }
  return asking('capture.amount', payment, [{ operation: 'capture', provider, leg, amount, details: {} }]);
}

/** Captures of the current leg first; what a second charge took is refunded on its own leg. */
export function decideRefund(payment: CommandedPayment, command: RefundCommand): Plan | Rejection {
  const rooms = refundRooms(payment);
  const left = rooms.reduce((sum, { room }) => sum + room, 0n);
  const amount = command.amount ?? left;
  const wrong = command.amount === null ? undefined : wrongAmount('refund.amount', amount);
  if (wrong !== undefined) return wrong;
  const taken = amount === 0n ? undefined : takeFrom(rooms, amount);
  if (taken === undefined) {
    const detail = `refund.amount is at most the ${left} that are captured and not yet given back or asked for`;
    return { code: 'AMOUNT_EXCEEDS_CAPTURED', detail };
  }
  const details = given({ reason: command.reason });
  const calls = Array.from(taken, ([leg, share]): GatewayCall => {
    const { provider } = legOf(payment, leg);
    return { operation: 'refund', provider, leg, amount: share, details };
  });
  return asking('refund.amount', payment, calls);
}

/** The calls, unless the gateway does not accept the amount of one of them. */
function asking(field: string, { intent }: Payment, calls: readonly GatewayCall[]): Plan | Rejection {
  const { currency } = intent;
  const refused = calls.map(({ provider, amount }) =>
    amountNotTaken(field, provider, { amountMinor: amount ?? 0n, currency }),
  );
  return refused.find((one) => one !== undefined) ?? { change: null, calls };
}
