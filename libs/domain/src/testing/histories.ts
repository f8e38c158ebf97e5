import fc from 'fast-check';
import type { DisputeState, Fact, FactOnLeg, RefundState } from '../facts.js';
import type { GatewayProvider } from '../gateway-provider.js';
import type { Payment } from '../payment.js';
import type { IntentStatus } from '../statuses.js';
import type { Sums } from '../sums.js';
import { compareStatusFacts, type StatusFact } from '../transitions.js';
import { fact, PRICE, paymentWith, usd } from './payments.js';

/** A payment, what truly happens to it in the order in which it happens, and what has to be known in the end. */
export interface History {
  readonly payment: Payment;
  readonly facts: readonly FactOnLeg[];
  readonly sums: Sums;
  readonly status: IntentStatus;
}

type OpenWord =
  | 'requires_payment_method'
  | 'requires_action'
  | 'approved'
  | 'processing'
  | 'failed_retryable';
type Ending = 'none' | 'failed' | 'canceled' | 'voided' | 'captured';

interface LegPlan {
  readonly provider: GatewayProvider;
  /** Words on the status, each so many seconds after the one before: none is as common as some. */
  readonly words: readonly (readonly [OpenWord, number])[];
  readonly isAuthorized: boolean;
  readonly ending: Ending;
  readonly captured: bigint;
  readonly refunds: readonly { readonly amount: bigint; readonly life: readonly RefundState[] }[];
  readonly disputes: readonly (readonly DisputeState[])[];
}

const REFUND_LIVES: readonly (readonly RefundState[])[] = [
  ['pending'],
  ['succeeded'],
  ['pending', 'succeeded'],
  ['pending', 'failed'],
  ['pending', 'canceled'],
  ['pending', 'succeeded', 'failed'],
];

const DISPUTE_LIVES: readonly (readonly DisputeState[])[] = [
  ['opened'],
  ['opened', 'under_review', 'won'],
  ['opened', 'lost'],
  ['opened', 'under_review', 'closed'],
  ['opened', 'won', 'under_review', 'lost'],
];

const REFUNDS_MAX = 3;

function legPlans(isManual: boolean): fc.Arbitrary<LegPlan> {
  const word = fc.constantFrom<OpenWord[]>(
    'requires_payment_method',
    'requires_action',
    'approved',
    'processing',
    'failed_retryable',
  );
  return fc.record({
    provider: fc.constantFrom<GatewayProvider[]>('stripe', 'paypal', 'razorpay'),
    words: fc.array(fc.tuple(word, fc.nat(2)), { maxLength: 4 }),
    isAuthorized: fc.boolean(),
    ending: fc.constantFrom<Ending[]>(
      'none',
      'failed',
      'canceled',
      'voided',
      'captured',
      'captured',
      'captured',
    ),
    captured: isManual ? fc.bigInt(1n, PRICE.amountMinor) : fc.constant(PRICE.amountMinor),
    refunds: fc.array(fc.record({ amount: fc.bigInt(0n, 600n), life: fc.constantFrom(...REFUND_LIVES) }), {
      maxLength: REFUNDS_MAX,
    }),
    disputes: fc.array(fc.constantFrom(...DISPUTE_LIVES), { maxLength: 2 }),
  });
}

/** What can truly happen: each object of a gateway ends once, and refunds that stand are within their capture. */
export const histories: fc.Arbitrary<History> = fc
  .boolean()
  .chain((isManual) =>
    fc.record({
      captureMethod: fc.constant(isManual ? ('manual' as const) : ('automatic' as const)),
      plans: fc.array(legPlans(isManual), { minLength: 1, maxLength: 2 }),
      current: fc.nat(),
      status: fc.constantFrom<IntentStatus[]>(
        'CREATED',
        'CREATED',
        'CREATED',
        'CANCELED',
        'FAILED',
        'EXPIRED',
      ),
    }),
  )
  .map(({ captureMethod, plans, current, status }) => {
    const currentLeg = (current % plans.length) + 1;
    const providers = plans.map(({ provider }) => provider);
    const payment = paymentWith({ captureMethod, currentLeg, status }, providers);
    const legs = plans.map((plan, index) => factsOf(plan, index + 1));
    const facts = legs.flat().sort((left, right) => left.occurredAt - right.occurredAt);
    const sums = addUp(plans);
    return { payment, facts, sums, status: statusAtTheEnd(status, legs[currentLeg - 1] ?? [], sums) };
  });

/** The facts of a history, each one to three times, in any order. */
export function retold(facts: readonly FactOnLeg[]): fc.Arbitrary<FactOnLeg[]> {
  return fc.integer({ min: 1, max: 3 }).chain((times) => {
    const all = Array.from({ length: times }, () => facts).flat();
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });
}

type Said = Parameters<typeof fact>[0];

function factsOf(plan: LegPlan, leg: number): FactOnLeg[] {
  const facts: FactOnLeg[] = [];
  let second = 100;
  const say = (said: Said, object: string, seconds = 1): void => {
    second += seconds;
    const objectId = `${object}-of-leg-${leg}`;
    facts.push(fact({ ...said, provider: plan.provider, leg, objectId, occurredAt: second * 1000 }));
  };
  for (const [word, seconds] of plan.words) say(spoken(word), 'payment', seconds);
  const isHeld = plan.isAuthorized || plan.ending === 'voided';
  if (isHeld) say({ kind: 'authorized', amount: PRICE }, 'payment');
  sayEnding(plan, say);
  return facts;
}

function sayEnding(plan: LegPlan, say: (said: Said, object: string, seconds?: number) => void): void {
  const failure = { code: 'declined', message: null };
  if (plan.ending === 'failed') say({ kind: 'failed', retryable: false, failure }, 'payment', 0);
  if (plan.ending === 'canceled') say({ kind: 'canceled' }, 'payment', 0);
  if (plan.ending === 'voided') say({ kind: 'voided', amount: PRICE }, 'payment', 0);
  if (plan.ending !== 'captured') return;
  say({ kind: 'captured', amount: usd(plan.captured) }, 'payment', 0);
  plan.refunds.forEach(({ life }, index) => {
    const amount = usd(refundAmount(plan, index));
    for (const state of life) say({ kind: 'refund', state, amount }, `refund-${index}`, index);
  });
  plan.disputes.forEach((life, index) => {
    for (const state of life) say({ kind: 'dispute', state, amount: usd(plan.captured) }, `dispute-${index}`);
  });
}

function spoken(word: OpenWord): Said {
  if (word === 'failed_retryable') {
    return { kind: 'failed', retryable: true, failure: { code: 'declined', message: null } };
  }
  return word === 'requires_action' ? { kind: word, nextAction: { type: 'redirect' } } : { kind: word };
}

function refundAmount({ captured, refunds }: LegPlan, index: number): bigint {
  const share = captured / BigInt(REFUNDS_MAX);
  const wanted = refunds[index]?.amount ?? 0n;
  return wanted < share ? wanted : share;
}

/** The money of a history, added up from its plan and not from its facts. */
function addUp(plans: readonly LegPlan[]): Sums {
  const sums = { authorized: 0n, captured: 0n, refunded: 0n, refundPending: 0n, disputed: 0n };
  for (const plan of plans) {
    if (plan.isAuthorized && plan.ending !== 'voided') sums.authorized += PRICE.amountMinor;
    if (plan.ending !== 'captured') continue;
    sums.captured += plan.captured;
    plan.refunds.forEach(({ life }, index) => {
      if (life.at(-1) === 'succeeded') sums.refunded += refundAmount(plan, index);
      if (life.at(-1) === 'pending') sums.refundPending += refundAmount(plan, index);
    });
    const lasting = plan.disputes.filter((life) => ['opened', 'lost'].includes(life.at(-1) ?? ''));
    sums.disputed += plan.captured * BigInt(lasting.length);
  }
  return {
    amountAuthorized: sums.authorized,
    amountCaptured: sums.captured,
    amountRefunded: sums.refunded,
    amountRefundPending: sums.refundPending,
    amountDisputed: sums.disputed,
  };
}

const SAYS = {
  requires_payment_method: 'REQUIRES_PAYMENT_METHOD',
  requires_action: 'REQUIRES_ACTION',
  approved: 'REQUIRES_CONFIRMATION',
  processing: 'PROCESSING',
  authorized: 'REQUIRES_CAPTURE',
  canceled: 'CANCELED',
  voided: 'CANCELED',
} as const;

function statusAtTheEnd(start: IntentStatus, facts: readonly FactOnLeg[], sums: Sums): IntentStatus {
  if (sums.amountCaptured > 0n) return 'SUCCEEDED';
  if (start !== 'CREATED') return start;
  const newest = facts.reduce<FactOnLeg | null>((last, one) => (isNewer(one, last) ? one : last), null);
  if (newest === null) return start;
  if (newest.kind === 'failed') return newest.retryable ? 'REQUIRES_PAYMENT_METHOD' : 'FAILED';
  return SAYS[newest.kind as keyof typeof SAYS];
}

function isNewer(one: FactOnLeg, last: FactOnLeg | null): boolean {
  return last === null || compareStatusFacts(timed(one), timed(last)) > 0;
}

function timed(one: Fact): { fact: StatusFact; occurredAt: number } {
  const word = one.kind === 'failed' && one.retryable ? 'failed_retryable' : one.kind;
  return { fact: word === 'voided' ? 'canceled' : (word as StatusFact), occurredAt: one.occurredAt };
}
