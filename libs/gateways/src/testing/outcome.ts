import type { VerifiedWebhook, WebhookRequest, WebhookVerifier } from '../webhook.js';
import { WebhookError, type WebhookErrorKind } from '../webhook-error.js';

/** `verified`, or the kind of refusal. Any other error goes on: none may escape from a verifier. */
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

/** Every way to change one byte that a test can afford: each position, one bit. */
export function* withOneBitFlipped(bytes: Buffer): Generator<Buffer> {
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = (changed[i] ?? 0) ^ (1 << (i % 7));
    yield changed;
  }
}
