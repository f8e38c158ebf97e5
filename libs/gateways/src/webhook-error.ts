/**
 * Why a webhook is refused, with the HTTP status to answer: `unreadable` 400 (authentic, but without a usable id, type
 * or key), `unauthentic` 401 (not proved to be the gateway's), `unavailable` 503 (could not be checked now; the gateway
 * should send it again).
 */
export type WebhookErrorKind = 'unreadable' | 'unauthentic' | 'unavailable';

/** The only error that verification and reading of webhooks throw. `reason` never quotes the body or a secret. */
export class WebhookError extends Error {
  readonly kind: WebhookErrorKind;
  readonly reason: string;

  constructor(kind: WebhookErrorKind, reason: string, options?: ErrorOptions) {
    super(`webhook ${kind}: ${reason}`, options);
    this.name = 'WebhookError';
    this.kind = kind;
    this.reason = reason;
  }
}

export function unreadable(reason: string): WebhookError {
  return new WebhookError('unreadable', reason);
}

export function unauthentic(reason: string): WebhookError {
  return new WebhookError('unauthentic', reason);
}

export function unavailable(reason: string, options?: ErrorOptions): WebhookError {
  return new WebhookError('unavailable', reason, options);
}
