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
  /** PayPal's events that raise money stay VERIFYING until they are confirmed with PayPal. */
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
  if (verifyPayPal && provider === 'paypal' && source === 'gateway' && reading.raisesMoney) {
    return { kind: 'ended', status: 'VERIFYING', error: null, reading };
  }
  return { kind: 'facts', reading };
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
