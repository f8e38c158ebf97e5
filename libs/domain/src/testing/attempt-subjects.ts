import { type Attempt, attemptIdOf } from '../attempts/attempt.js';
import { ATTEMPT_POLICY } from '../attempts/policy.js';
import type { AttemptCircumstances, AttemptSubject } from '../attempts/subject.js';
import type { GatewayProvider } from '../gateway-provider.js';
import type { GatewayOperation } from '../ids.js';
import type { Intent, Leg, Payment } from '../payment.js';
import { type TransactionState, transactionKeyOf } from '../transactions.js';
import { NOW, nextCommandId } from './commands.js';
import { PRICE, paymentWith } from './payments.js';

/** The id of the object that a leg was opened for. */
export const OBJECT_ID = 'pi_1';

export const CIRCUMSTANCES_OF_ATTEMPTS: AttemptCircumstances = {
  policy: ATTEMPT_POLICY,
  random: 0.5,
  keyLifetimeMs: 24 * 3_600_000,
  gateways: [
    { provider: 'stripe', enabled: true, priority: 100 },
    { provider: 'paypal', enabled: true, priority: 100 },
    { provider: 'razorpay', enabled: true, priority: 100 },
  ],
};

export interface SubjectParts {
  readonly attempt?: Partial<Attempt>;
  readonly intent?: Partial<Intent>;
  readonly transactions?: readonly Partial<TransactionState>[];
  readonly legs?: Payment['legs'];
  readonly terms?: Partial<AttemptSubject['terms']>;
  readonly details?: AttemptSubject['details'];
  readonly requests?: AttemptSubject['requests'];
  readonly others?: AttemptSubject['others'];
  readonly order?: Partial<AttemptSubject['order']>;
  readonly now?: number;
}

/** A call of 19.99 USD for the payment of `paymentWith`, asked for just now, of which nothing was done yet. */
export function subjectOf(
  operation: GatewayOperation,
  provider: GatewayProvider,
  parts: SubjectParts = {},
): AttemptSubject {
  const legs = parts.legs ?? [legAt(1, provider, operation === 'create' ? null : OBJECT_ID)];
  const payment = { ...paymentWith({ status: statusFor(operation), ...parts.intent }), legs };
  const attempt = { ...pendingAttempt(operation, provider, payment.intent), ...parts.attempt };
  const { commandId, notAfter } = attempt;
  const transactions = (parts.transactions ?? []).map((said) => transaction({ provider, ...said }));
  return {
    attempt,
    payment: {
      ...payment,
      transactions: new Map(transactions.map((one) => [transactionKeyOf(one), one])),
      requests: [{ commandId, operation, leg: attempt.leg, amount: attempt.amount }],
    },
    terms: {
      paymentMethodToken: 'pm_leg',
      returnUrl: 'https://shop.example/back',
      metadata: { basket: 'b-1' },
      confirmRequested: false,
      fallbacks: [],
      ...parts.terms,
    },
    details: parts.details ?? {},
    requests: parts.requests ?? [{ commandId, operation, notAfter, details: parts.details ?? {} }],
    others: parts.others ?? [],
    order: { isOpen: false, isPaid: false, ...parts.order },
    now: parts.now ?? NOW,
  };
}

/** Where a payment is when an operation makes sense. */
function statusFor(operation: GatewayOperation): Intent['status'] {
  const statuses = {
    create: 'CREATED',
    confirm: 'REQUIRES_CONFIRMATION',
    authorize: 'REQUIRES_CONFIRMATION',
    capture: 'REQUIRES_CAPTURE',
    cancel: 'CANCELED',
    refund: 'SUCCEEDED',
  } as const;
  return statuses[operation];
}

function pendingAttempt(operation: GatewayOperation, provider: GatewayProvider, intent: Intent): Attempt {
  const commandId = nextCommandId();
  return {
    attemptId: attemptIdOf(commandId, 1, operation),
    commandId,
    operation,
    provider,
    leg: 1,
    paymentIntentId: intent.id,
    intentId: intent.intentId,
    amount: PRICE.amountMinor,
    isOfCreation: operation === 'create',
    askedAt: NOW,
    notAfter: null,
    state: 'PENDING',
    sends: 0,
    retries: 0,
    keyRound: 1,
    firstSentAt: null,
    lastSentAt: null,
    resends: 0,
    targetId: null,
    heldSince: null,
    unknownSince: null,
    inquiries: 0,
    notFoundSince: null,
    needsReviewSince: null,
    verdict: null,
    lastError: null,
    inquiryError: null,
  };
}

export function legAt(leg: number, provider: GatewayProvider, gatewayObjectId: string | null): Leg {
  return { leg, provider, gatewayObjectId, hasToken: true, lastStatusFact: null };
}

/** A capture of all of it on leg 1, but for what is said. */
export function transaction(said: Partial<TransactionState>): TransactionState {
  return {
    provider: 'stripe',
    type: 'PAYMENT',
    objectId: OBJECT_ID,
    leg: 1,
    status: 'SUCCEEDED',
    amount: PRICE,
    occurredAt: NOW,
    reference: null,
    parentId: null,
    failure: null,
    ...said,
  };
}

/** The attempt while a call that is made at `at` is in flight. */
export function sentAt(at: number, attempt: Attempt, isResend: boolean): Attempt {
  const { sends, resends, firstSentAt } = attempt;
  return {
    ...attempt,
    state: 'SENT',
    sends: sends + 1,
    resends: resends + Number(isResend),
    firstSentAt: firstSentAt ?? at,
    lastSentAt: at,
    notFoundSince: null,
    heldSince: null,
  };
}

/** The attempt after it was sent at `at`, and its answer is missing. */
export function unknownSince(at: number): Partial<Attempt> {
  return { state: 'UNKNOWN', sends: 1, firstSentAt: at, lastSentAt: at, unknownSince: at };
}

/** A call that was sent so long ago, by default at Stripe, and its answer is missing. */
export function unknownSubject(
  operation: GatewayOperation,
  agoMs: number,
  parts: SubjectParts = {},
): AttemptSubject {
  const provider = operation === 'authorize' ? 'paypal' : 'stripe';
  const isRefund = operation === 'refund';
  return subjectOf(operation, provider, {
    ...(isRefund && { intent: { status: 'SUCCEEDED', amountCaptured: 1999n }, transactions: [{}] }),
    ...parts,
    attempt: { ...unknownSince(NOW - agoMs), ...parts.attempt },
  });
}
