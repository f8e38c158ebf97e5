import type { VerifiedWebhook, WebhookRequest, WebhookVerifier } from '../webhook.js';
import { WebhookError, type WebhookErrorKind } from '../webhook-error.js';

/** `verified`, or the kind of WebhookError. Other errors are rethrown: a verifier must not throw any. */
export type Outcome = 'verified' | WebhookErrorKind;

export async function outcomeOf(verifier: WebhookVerifier, request: WebhookRequest): Promise<Outcome> {
  return kindOf(async () => verifier.verify(request));
}

export async function kindOf(run: () => unknown): Promise<Outcome> {
  try {
    await run();
    return 'verified';
  } catch (error) {
    if (error instanceof WebhookError) return error.kind;
    throw error;
  }
}

export function verified(result: VerifiedWebhook | Promise<VerifiedWebhook>): VerifiedWebhook {
  if (result instanceof Promise) throw new Error('expected an answer at once');
  return result;
}

/** Copies with one bit flipped, one for each byte. */
export function* withOneBitFlipped(bytes: Buffer): Generator<Buffer> {
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = (changed[i] ?? 0) ^ (1 << (i % 7));
    yield changed;
  }
}
