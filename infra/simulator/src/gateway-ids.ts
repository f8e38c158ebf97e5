import { randomFillSync } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE36 = BASE62.slice(0, 36);

/** One call to the generator for many ids: a bench makes hundreds of thousands. */
const pool = Buffer.alloc(16 * 1024);
let used = pool.length;

function random(length: number, alphabet: string): string {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let id = '';
  // The modulo's slight bias is of no matter: these ids only have to differ.
  for (let i = 0; i < length; i++) id += alphabet[(pool[used + i] ?? 0) % alphabet.length];
  used += length;
  return id;
}

/** As Stripe's: `pi_3KtQThJDPojXS6LN0H9EfsjV`. */
export function stripeId(prefix: 'evt' | 'pi' | 'ch' | 're' | 'dp' | 'cus'): string {
  return `${prefix}_${random(24, BASE62)}`;
}

/** As PayPal's objects: `1AB234567A1234567`. */
export function paypalId(): string {
  return random(17, BASE36);
}

/** As PayPal's v1 payments: `PAY-7PD36489JY0066936KREEERQ`. */
export function paypalPaymentId(): string {
  return `PAY-${random(24, BASE36)}`;
}

/** As PayPal's disputes: `PP-D-27803`. */
export function paypalDisputeId(): string {
  return `PP-R-${random(12, BASE36)}`;
}

/** As PayPal's events: `WH-58D329510W468432D-8HN650336L201105X`. */
export function paypalEventId(): string {
  return `WH-${random(17, BASE36)}-${random(17, BASE36)}`;
}

/** As Razorpay's: `pay_6koWN7bvxujzxM`. */
export function razorpayId(prefix: 'pay' | 'order' | 'rfnd' | 'disp' | 'acc'): string {
  return `${prefix}_${random(14, BASE62)}`;
}
