import type { GatewayProvider } from '@payments/domain';
import { readWebhook, WebhookError, type WebhookReading } from '@payments/gateways';

/** The content of an authentic body, or the final status of a webhook that is not applied. */
export type WebhookContent =
  | { readonly kind: 'facts'; readonly reading: WebhookReading }
  | {
      readonly kind: 'ended';
      readonly status: 'IGNORED' | 'VERIFYING' | 'FAILED';
      readonly error: string | null;
      readonly reading: WebhookReading | null;
    };

export interface ContentRules {
  /** PayPal's events that raise money or send the payer somewhere stay VERIFYING until PayPal confirms them. */
  readonly verifyPayPal: boolean;
}

/** Parses an authentic body. Unusable content is FAILED with the reason: it came from the gateway. */
export function contentOf(
  { provider, source }: { readonly provider: GatewayProvider; readonly source: 'gateway' | 'reconciliation' },
  body: Buffer,
  { verifyPayPal }: ContentRules,
): WebhookContent {
  const reading = read(provider, body);
  if (reading instanceof WebhookError) {
    return { kind: 'ended', status: 'FAILED', error: reading.reason, reading: null };
  }
  if (reading.facts.length === 0) return { kind: 'ended', status: 'IGNORED', error: null, reading };
  // A repair was fetched from PayPal before it was written.
  if (verifyPayPal && provider === 'paypal' && source === 'gateway' && isWorthForging(reading)) {
    return { kind: 'ended', status: 'VERIFYING', error: null, reading };
  }
  return { kind: 'facts', reading };
}

/** A forger wants money that nobody paid to count, or payers to be sent to a page of the forger's. */
function isWorthForging({ raisesMoney, facts }: WebhookReading): boolean {
  return raisesMoney || facts.some((fact) => 'nextAction' in fact && fact.nextAction !== null);
}

export function isWebhookSource(value: string): value is 'gateway' | 'reconciliation' {
  return value === 'gateway' || value === 'reconciliation';
}

function read(provider: GatewayProvider, body: Buffer): WebhookReading | WebhookError {
  try {
    return readWebhook(provider, body);
  } catch (error) {
    if (error instanceof WebhookError) return error;
    throw error;
  }
}
