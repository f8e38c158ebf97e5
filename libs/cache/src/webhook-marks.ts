import type { Cache } from './cache.js';

/**
 * Remembers processed webhooks for a day, so that a repeated one is dropped without asking Postgres. An optimisation
 * only: the unique key in Postgres decides.
 */
export interface WebhookMarks {
  /** Those of `ids` that are known to be processed; none while Redis is down. */
  marked(ids: readonly string[]): Promise<Set<string>>;
  /** Call it only after the commit. Does nothing while Redis is down. */
  mark(ids: readonly string[]): Promise<void>;
}

/** Gateways retry webhooks for days, but nearly always within hours. */
const MARK_TTL_S = 86_400;

export function webhookMarks(cache: Cache): WebhookMarks {
  return {
    async marked(ids) {
      const values = await cache.mget(ids.map(markKey));
      return new Set(ids.filter((_id, index) => values[index] !== undefined));
    },
    async mark(ids) {
      await cache.setAll(ids.map(markKey), '1', MARK_TTL_S);
    },
  };
}

function markKey(id: string): string {
  return `webhook_processed:${id}`;
}
