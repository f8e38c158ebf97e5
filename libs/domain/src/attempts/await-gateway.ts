import type { Attempt, AttemptError } from './attempt.js';
import { withNewKey } from './new-key.js';
import { type AttemptPolicy, heldDelayMs } from './policy.js';
import type { PostponeStep } from './step.js';
import type { AttemptSubject } from './subject.js';
import { STILL_PROCESSING } from './too-late.js';

/** Its gateway refuses to cancel what it is taking the money of. */
export function awaitsGateway({ operation, lastError }: Pick<Attempt, 'operation' | 'lastError'>): boolean {
  return operation === 'cancel' && lastError?.code === STILL_PROCESSING;
}

/**
 * The cancellation is tried again from time to time, for as long as the gateway takes: a bank debit may take days, and
 * once it has failed, the customer could pay again. Each try has a key of its own, since the gateway repeats its
 * refusal for the old one. A gateway's Retry-After is respected.
 */
export function holdForGateway(
  { attempt, now }: Pick<AttemptSubject, 'attempt' | 'now'>,
  { error, retryAfterMs }: { readonly error: AttemptError; readonly retryAfterMs: number | null },
  { heldFirstMs, heldForGatewayCapMs, retryAfterMaxMs }: AttemptPolicy,
): PostponeStep {
  const lastError = awaitsGateway(attempt) ? attempt.lastError : error;
  const held: Attempt = { ...withNewKey(attempt), state: 'PENDING', retries: 0, heldSince: now, lastError };
  const delayMs = heldDelayMs(now - attempt.askedAt, heldFirstMs, heldForGatewayCapMs);
  const wantedMs = Math.min(retryAfterMs ?? 0, retryAfterMaxMs);
  return { kind: 'postpone', attempt: held, dueAt: now + Math.max(delayMs, wantedMs) };
}
