import { type Intent, legOf } from '../payment.js';
import type { CancelCommand } from './command.js';
import { type CommandedPayment, type GatewayCall, given, openRequest } from './gateway-request.js';
import type { Plan } from './plan.js';
import type { Rejection } from './rejections.js';

export function decideCancel(payment: CommandedPayment, { reason }: CancelCommand): Plan | Rejection {
  return (
    capturing(payment) ?? {
      change: { type: 'canceled', intent: ended('CANCELED') },
      calls: cancellationOf(payment, given({ reason })),
    }
  );
}

export function decideExpire(payment: CommandedPayment, now: number): Plan | Rejection {
  const { expiresAt } = payment.intent;
  if (expiresAt === null || expiresAt > now) {
    const detail = `the intent ${expiresAt === null ? 'never expires' : 'has not reached its expiresAt'}: cancel it`;
    return { code: 'NOT_ALLOWED_IN_STATUS', detail };
  }
  return (
    capturing(payment) ?? {
      change: { type: 'expired', intent: ended('EXPIRED') },
      calls: cancellationOf(payment, {}),
    }
  );
}

/** Money that was asked for is on its way: it can be given back, not left. */
function capturing(payment: CommandedPayment): Rejection | undefined {
  if (openRequest(payment, 'capture') === undefined) return undefined;
  return { code: 'ALREADY_CAPTURED', detail: 'its capture was asked for: refund it once it is captured' };
}

/**
 * The intent has ended from now on: no call that moves money is begun for it any more. One that was begun before
 * may still take it, and then the money counts (`late_success`).
 */
function ended(status: 'CANCELED' | 'EXPIRED'): Partial<Intent> {
  return { status, nextAction: null, lastError: null };
}

/**
 * What the gateway is told. Razorpay has no such call: an order is closed here, and what is held lapses there. At
 * PayPal what is held, or comes to be held by a call that was begun, is voided; an unapproved order expires there.
 */
function cancellationOf(payment: CommandedPayment, details: GatewayCall['details']): GatewayCall[] {
  const { provider, leg } = legOf(payment, payment.intent.currentLeg);
  return provider === 'razorpay' ? [] : [{ operation: 'cancel', provider, leg, amount: null, details }];
}
