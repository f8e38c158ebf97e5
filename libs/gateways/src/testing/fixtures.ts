import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { GatewayProvider } from '@payments/domain';

/** Recorded webhooks and signatures, outside of the repository: tests are skipped without them. */
const FIXTURES = new URL('../../../../../shared/fixtures/', import.meta.url);

export const hasFixtures = existsSync(FIXTURES);
/** Part of the name of the skipped test in a file without fixtures: jest fails a file without any test. */
export const NO_FIXTURES = '../shared/fixtures is not there';

export function readFixture(path: string): Buffer {
  return readFileSync(new URL(path, FIXTURES));
}

export function fixtureNames(provider: GatewayProvider): string[] {
  return hasFixtures ? readdirSync(new URL(`${provider}/`, FIXTURES)) : [];
}

export interface SignatureVectors {
  readonly stripe: readonly {
    readonly name: string;
    readonly header: string;
    readonly secret: string;
    readonly body_b64: string;
    readonly timestamp: number | null;
    readonly expect: string;
  }[];
  readonly razorpay: readonly {
    readonly name: string;
    readonly message_b64: string;
    readonly signature: string;
    readonly secret: string;
  }[];
  readonly paypal: readonly {
    readonly name: string;
    readonly event_type: string;
    readonly webhook_id: string;
    readonly transmission_id: string;
    readonly transmission_time: string;
    readonly transmission_sig: string;
    readonly auth_algo: string;
    readonly cert_url: string;
    readonly cert_file: string;
    readonly body_b64: string;
  }[];
}

export function readVectors(): SignatureVectors {
  if (!hasFixtures) return { stripe: [], razorpay: [], paypal: [] };
  return JSON.parse(readFixture('signature-vectors.json').toString('utf8')) as SignatureVectors;
}
