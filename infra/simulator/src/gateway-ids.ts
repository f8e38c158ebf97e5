import { randomFillSync } from 'node:crypto';
import type { Random } from './random.js';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE36 = BASE62.slice(0, 36);

/** One call to the generator for many ids: a bench makes hundreds of thousands. */
const pool = new Uint32Array(4 * 1024);
let used = pool.length;

/** Where ids come from if nobody wants them again. */
const unrepeatable: Random = () => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return (pool[used++] ?? 0) / 0x1_0000_0000;
};

/** As many characters as 32 random bits hold, of either alphabet. */
const CHARACTERS_PER_NUMBER = 5;

function text(length: number, alphabet: string, random: Random = unrepeatable): string {
  let id = '';
  while (id.length < length) {
    let number = Math.floor(random() * alphabet.length ** CHARACTERS_PER_NUMBER);
    for (let i = 0; i < CHARACTERS_PER_NUMBER && id.length < length; i++) {
      id += alphabet[number % alphabet.length];
      number = Math.floor(number / alphabet.length);
    }
  }
  return id;
}

/** As Stripe's: `pi_3KtQThJDPojXS6LN0H9EfsjV`. */
export function stripeId(prefix: 'evt' | 'pi' | 'ch' | 're' | 'dp' | 'cus' | 'txn', random?: Random): string {
  return `${prefix}_${text(24, BASE62, random)}`;
}

/** As PayPal's objects: `1AB234567A1234567`. */
export function paypalId(random?: Random): string {
  return text(17, BASE36, random);
}

/** As PayPal's v1 payments: `PAY-7PD36489JY0066936KREEERQ`. */
export function paypalPaymentId(random?: Random): string {
  return `PAY-${text(24, BASE36, random)}`;
}

/** As PayPal's disputes: `PP-D-27803`. */
export function paypalDisputeId(random?: Random): string {
  return `PP-R-${text(12, BASE36, random)}`;
}

/** As PayPal's events: `WH-58D329510W468432D-8HN650336L201105X`. */
export function paypalEventId(random?: Random): string {
  return `WH-${text(17, BASE36, random)}-${text(17, BASE36, random)}`;
}

/** As Razorpay's: `pay_6koWN7bvxujzxM`. */
export function razorpayId(
  prefix: 'pay' | 'order' | 'rfnd' | 'disp' | 'acc' | 'event',
  random?: Random,
): string {
  return `${prefix}_${text(14, BASE62, random)}`;
}
