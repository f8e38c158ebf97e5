import { noSuch } from './errors.js';

/** Why a payment did not go through, as in `last_payment_error`. */
export interface StripeDecline {
  readonly code: string;
  readonly declineCode: string | undefined;
  readonly message: string;
}

export type MethodOutcome =
  | { readonly kind: 'succeeds' }
  | { readonly kind: 'declines'; readonly decline: StripeDecline }
  /** The customer has to authenticate; then it goes on as said. */
  | { readonly kind: 'authenticates'; readonly inTheEnd: DecidedOutcome }
  /** A bank debit: processing for a while, then it goes on as said. */
  | { readonly kind: 'settles'; readonly inTheEnd: DecidedOutcome };

type DecidedOutcome = Extract<MethodOutcome, { kind: 'succeeds' | 'declines' }>;

/** How refunds of what was paid with it go. */
export type RefundOutcome = 'succeeded' | 'pending_then_succeeded' | 'failed_later';

export interface PaymentMethod {
  readonly outcome: MethodOutcome;
  readonly refunds: RefundOutcome;
}

const SUCCEEDS = { kind: 'succeeds' } as const;

/** Reasons that are codes of their own; any other is a `decline_code` of `card_declined`. */
const OWN_CODES = ['expired_card', 'incorrect_cvc', 'incorrect_number', 'processing_error'];

function declineOf(reason: string): StripeDecline {
  const declineCode = reason === '' ? 'generic_decline' : reason;
  if (OWN_CODES.includes(declineCode)) {
    return { code: declineCode, declineCode: undefined, message: `Your card was declined: ${declineCode}.` };
  }
  const message =
    declineCode === 'insufficient_funds' ? 'Your card has insufficient funds.' : 'Your card was declined.';
  return { code: 'card_declined', declineCode, message };
}

export function declines(reason: string): DecidedOutcome {
  return { kind: 'declines', decline: declineOf(reason) };
}

/** Stripe's test payment methods that are known here. Source: https://docs.stripe.com/testing */
const OUTCOMES: Readonly<Record<string, MethodOutcome>> = {
  pm_card_visa: SUCCEEDS,
  pm_card_visa_debit: SUCCEEDS,
  pm_card_mastercard: SUCCEEDS,
  pm_card_mastercard_debit: SUCCEEDS,
  pm_card_amex: SUCCEEDS,
  pm_card_discover: SUCCEEDS,
  pm_card_us: SUCCEEDS,
  pm_card_pendingRefund: SUCCEEDS,
  pm_card_refundFail: SUCCEEDS,
  pm_card_chargeDeclined: declines('generic_decline'),
  pm_card_chargeDeclinedInsufficientFunds: declines('insufficient_funds'),
  pm_card_chargeDeclinedLostCard: declines('lost_card'),
  pm_card_chargeDeclinedStolenCard: declines('stolen_card'),
  pm_card_chargeDeclinedFraudulent: declines('fraudulent'),
  pm_card_chargeDeclinedExpiredCard: declines('expired_card'),
  pm_card_chargeDeclinedIncorrectCvc: declines('incorrect_cvc'),
  pm_card_chargeDeclinedProcessingError: declines('processing_error'),
  pm_card_chargeDeclinedVelocityLimitExceeded: declines('card_velocity_exceeded'),
  pm_card_threeDSecure2Required: { kind: 'authenticates', inTheEnd: SUCCEEDS },
  pm_card_threeDSecureRequired: { kind: 'authenticates', inTheEnd: SUCCEEDS },
  pm_card_authenticationRequired: { kind: 'authenticates', inTheEnd: SUCCEEDS },
  pm_card_threeDSecureRequiredChargeDeclined: {
    kind: 'authenticates',
    inTheEnd: declines('generic_decline'),
  },
  pm_usBankAccount_success: { kind: 'settles', inTheEnd: SUCCEEDS },
  pm_usBankAccount_insufficientFunds: { kind: 'settles', inTheEnd: declines('insufficient_funds') },
};

const REFUNDS: Readonly<Record<string, RefundOutcome>> = {
  pm_card_pendingRefund: 'pending_then_succeeded',
  pm_card_refundFail: 'failed_later',
};

/** @throws Refusal if there is none of this name */
export function paymentMethod(name: string): PaymentMethod {
  // Stripe gives each decline a second name, by the card's brand.
  const plain = name.replace(/^pm_card_visa_chargeDeclined/, 'pm_card_chargeDeclined');
  const outcome = Object.hasOwn(OUTCOMES, plain) ? OUTCOMES[plain] : undefined;
  if (outcome === undefined) throw noSuch('PaymentMethod', name, 'payment_method');
  return { outcome, refunds: (Object.hasOwn(REFUNDS, plain) ? REFUNDS[plain] : undefined) ?? 'succeeded' };
}
