import Stripe from 'stripe';

const { StripeError, StripeInvalidRequestError } = Stripe.errors;

/** What the read gives; null if Stripe knows no such object. */
export function orNullIfMissing<T>(read: () => Promise<T>): Promise<T | null> {
  return orNullIf(read, (error) => error instanceof StripeError && error.code === 'resource_missing');
}

/** What the read gives; null if Stripe does not do it at all for this account. */
export function orNullIfRefused<T>(read: () => Promise<T>): Promise<T | null> {
  return orNullIf(read, (error) => error instanceof StripeInvalidRequestError);
}

async function orNullIf<T>(
  read: () => Promise<T>,
  isNothing: (error: unknown) => boolean,
): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isNothing(error)) return null;
    throw error;
  }
}
