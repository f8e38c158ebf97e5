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

/** A requested capture may be in flight: its money can be refunded, but the capture cannot be abandoned. */
function capturing(payment: CommandedPayment): Rejection | undefined {
  if (openRequest(payment, 'capture') === undefined) return undefined;
  return { code: 'ALREADY_CAPTURED', detail: 'its capture was asked for: refund it once it is captured' };
}

/**
 * The intent has ended: no further call that moves money is started for it. One that was started before may still
 * take it, and then the money counts (`late_success`).
 */
function ended(status: 'CANCELED' | 'EXPIRED'): Partial<Intent> {
  return { status, nextAction: null, lastError: null };
}

/**
 * The cancellation at the gateway. Razorpay has no such call: an order is closed here, and an authorization lapses
 * there. At PayPal an authorization, also of a call in flight, is voided; an unapproved order expires there.
 */
function cancellationOf(payment: CommandedPayment, details: GatewayCall['details']): GatewayCall[] {
  const { provider, leg } = legOf(payment, payment.intent.currentLeg);
  return provider === 'razorpay' ? [] : [{ operation: 'cancel', provider, leg, amount: null, details }];
}
