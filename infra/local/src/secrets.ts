import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Made once for this checkout; they protect nothing but made-up payments. */
export interface LocalSecrets {
  readonly STRIPE_WEBHOOK_SECRETS: string;
  readonly RAZORPAY_WEBHOOK_SECRETS: string;
  readonly PAYPAL_WEBHOOK_IDS: string;
  /** `id:base64 of 32 bytes`. */
  readonly SEAL_KEYS: string;
  /** An API key that may do everything. */
  readonly PAYMENTS_API_KEY: string;
}

export function localSecrets(file: string): LocalSecrets {
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<LocalSecrets>) : {};
  // Sealed bodies in Kafka and Postgres open with these keys alone: what is there is never replaced.
  const secrets = { ...newSecrets(), ...known };
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

function newSecrets(): LocalSecrets {
  return {
    STRIPE_WEBHOOK_SECRETS: `whsec_${randomBytes(24).toString('base64url')}`,
    RAZORPAY_WEBHOOK_SECRETS: randomBytes(24).toString('base64url'),
    PAYPAL_WEBHOOK_IDS: randomUUID().replaceAll('-', '').slice(0, 17).toUpperCase(),
    SEAL_KEYS: `local1:${randomBytes(32).toString('base64')}`,
    PAYMENTS_API_KEY: `pay_local_${randomBytes(32).toString('base64url')}`,
  };
}
