import fc from 'fast-check';
import type { DisputeState, FactOnLeg, RefundState } from '../facts.js';
import type { Payment } from '../payment.js';
import type { IntentStatus } from '../statuses.js';
import { fact, paymentWith } from './payments.js';

type Said = Parameters<typeof fact>[0];

/** Facts that no gateway would ever report of one payment: contradictory, too much, from any leg at any time. */
export const wildFacts: fc.Arbitrary<FactOnLeg[]> = fc.array(wildFact(), { maxLength: 14 });

export const wildPayments: fc.Arbitrary<Payment> = fc
  .record({
    status: fc.constantFrom<IntentStatus[]>(
      'CREATED',
      'PROCESSING',
      'REQUIRES_CAPTURE',
      'CANCELED',
      'FAILED',
      'EXPIRED',
    ),
    currentLeg: fc.constantFrom(1, 2),
    captureMethod: fc.constantFrom('automatic' as const, 'manual' as const),
    version: fc.integer({ min: 1, max: 100 }),
  })
  .chain((intent) =>
    fc.constantFrom(null, 'order', 'a').map((gatewayObjectId) => {
      const payment = paymentWith(intent, ['stripe', 'paypal']);
      return { ...payment, legs: payment.legs.map((leg) => ({ ...leg, gatewayObjectId })) };
    }),
  );

function wildFact(): fc.Arbitrary<FactOnLeg> {
  const amount = fc.record({
    amountMinor: fc.constantFrom(0n, 1n, 700n, 1999n, 5000n),
    currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
  });
  const failure = fc.constant({ code: 'declined', message: null });
  const payment = fc.record({
    objectId: fc.constantFrom('a', 'b'),
    amount,
    type: fc.constantFrom('PAYMENT' as const, 'AUTHORIZATION' as const),
  });
  const said: fc.Arbitrary<Said> = fc.oneof(
    fc.record({
      kind: fc.constantFrom('captured' as const, 'authorized' as const, 'voided' as const),
      amount,
    }),
    fc.record({
      kind: fc.constant('refund' as const),
      state: fc.constantFrom<RefundState[]>('pending', 'succeeded', 'failed', 'canceled'),
      amount,
    }),
    fc.record({
      kind: fc.constant('dispute' as const),
      state: fc.constantFrom<DisputeState[]>('opened', 'under_review', 'won', 'lost', 'closed'),
      amount,
    }),
    fc.record({ kind: fc.constant('processing' as const), payment }),
    fc.record({ kind: fc.constant('failed' as const), retryable: fc.boolean(), failure, payment }),
    fc.record({
      kind: fc.constantFrom('canceled' as const, 'approved' as const, 'requires_confirmation' as const),
    }),
  );
  return fc
    .tuple(said, fc.constantFrom('a', 'b', 'c'), fc.nat(3), fc.constantFrom(1, 2), fc.boolean())
    .map(([what, object, second, leg, namesParent]) => {
      const provider = leg === 1 ? 'stripe' : 'paypal';
      const parents = what.kind === 'refund' || what.kind === 'dispute' ? PARENTS.refund : PARENTS.payment;
      const parentId = namesParent ? parents[object] : undefined;
      return fact({ ...what, objectId: object, parentId, occurredAt: second * 1000, leg, provider });
    });
}

/** What objects are part of, as far as they say so at all. A refund of the name of its capture reverses it. */
const PARENTS: Readonly<Record<'payment' | 'refund', Readonly<Record<string, string>>>> = {
  payment: { a: 'a', b: 'order', c: 'other order' },
  refund: { a: 'a', b: 'a', c: 'c' },
};
