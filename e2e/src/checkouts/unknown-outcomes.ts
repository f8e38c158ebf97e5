import type { Database } from '@payments/persistence';

/** Numbers of calls whose outcome was unknown for a while, by how they ended. */
export type UnknownOutcomes = ReadonlyMap<string, number>;

const BY_END = `
SELECT CASE
    WHEN finished_at IS NULL AND needs_review_since IS NOT NULL THEN 'waits for a person'
    WHEN finished_at IS NULL THEN 'still unknown'
    WHEN state IN ('FAILED', 'NOT_EXECUTED') THEN 'proved not carried out, and given up'
    WHEN key_round > 1 THEN 'proved not carried out, then done under a new key'
    WHEN resends > 0 THEN 'sent again under the same key'
    ELSE 'found at the gateway, or told by its webhook'
  END AS ended, count(*)::int AS count
FROM gateway_attempts WHERE unknown_since IS NOT NULL OR key_round > 1
GROUP BY 1 ORDER BY 2 DESC`;

export async function readUnknownOutcomes({ primary }: Pick<Database, 'primary'>): Promise<UnknownOutcomes> {
  const rows: { ended: string; count: number }[] = await primary.query(BY_END);
  return new Map(rows.map(({ ended, count }) => [ended, count]));
}
