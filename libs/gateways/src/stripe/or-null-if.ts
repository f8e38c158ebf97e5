import Stripe from 'stripe';

const { StripeError, StripeInvalidRequestError } = Stripe.errors;

/** The result of a read; null if Stripe has no such object. */
export function orNullIfMissing<T>(read: () => Promise<T>): Promise<T | null> {
  return orNullIf(read, (error) => error instanceof StripeError && error.code === 'resource_missing');
}

/** The result of a read; null if Stripe does not offer that request to this account. */
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
