import type { PlannedCall } from '@payments/domain';

/** Source: https://docs.stripe.com/api/metadata */
const METADATA_MAX = { keys: 50, keyLength: 40, valueLength: 500 } as const;

/**
 * What a payment intent or refund carries of ours, and as much beside it as Stripe takes: what it would refuse
 * stays with us, because no payment shall fail over it.
 */
export function stripeMetadata(
  { intentId, attemptId }: PlannedCall,
  more: Readonly<Record<string, string>>,
): Record<string, string> {
  const ours = { intentId, attemptId };
  const taken = Object.entries(more).filter(
    ([key, value]) =>
      !Object.hasOwn(ours, key) &&
      key.length <= METADATA_MAX.keyLength &&
      !/[[\]]/.test(key) &&
      // An empty value unsets its key.
      value !== '' &&
      value.length <= METADATA_MAX.valueLength,
  );
  return { ...ours, ...Object.fromEntries(taken.slice(0, METADATA_MAX.keys - Object.keys(ours).length)) };
}
