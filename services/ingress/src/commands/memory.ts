import { type Cache, type Claims, claims, type SlidingLimit, slidingLimit } from '@payments/cache';

const MINUTE_MS = 60_000;
/** Senders repeat a command within hours, if at all. */
const FIRST_USE_TTL_S = 86_400;

/**
 * Remembers for a day what each command id was first used for. It only gives senders an early error: the intents
 * service decides.
 */
export function firstUses(cache: Cache): Claims {
  return claims(cache, { prefix: 'command_request', ttlS: FIRST_USE_TTL_S });
}

export function creationLimit(cache: Cache, limit: number): SlidingLimit {
  return slidingLimit(cache, { prefix: 'creations', limit, windowMs: MINUTE_MS });
}
