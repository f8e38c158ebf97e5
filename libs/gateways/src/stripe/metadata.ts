import type { PlannedCall } from '@payments/domain';

/** Source: https://docs.stripe.com/api/metadata */
const METADATA_MAX = { keys: 50, keyLength: 40, valueLength: 500 } as const;

/**
 * The metadata of a payment intent or refund: our ids, and as much of `more` as Stripe accepts. The rest is left out,
 * so that no payment fails because of it.
 */
export function stripeMetadata(
  { intentId, attemptId }: PlannedCall,
  more: Readonly<Record<string, string>>,
): Record<string, string> {
  const ours = { intentId, attemptId };
  const accepted = Object.entries(more).filter(
    ([key, value]) =>
      !Object.hasOwn(ours, key) &&
      key.length <= METADATA_MAX.keyLength &&
      !/[[\]]/.test(key) &&
      // An empty value unsets its key.
      value !== '' &&
      value.length <= METADATA_MAX.valueLength,
  );
  return { ...ours, ...Object.fromEntries(accepted.slice(0, METADATA_MAX.keys - Object.keys(ours).length)) };
}
