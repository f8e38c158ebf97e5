import type { GatewayProvider } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { millisOf } from './attempt-row.js';

/** Attempts of one gateway on which no work has been done. */
export interface WaitingAttempts {
  readonly count: number;
  /** By how many milliseconds the oldest one is overdue; 0 if none is. */
  readonly overdueMs: number;
}

const COUNT = `
SELECT count(*)::int AS count,
  coalesce(greatest(${millisOf('now() - min(due_at)')}, 0), 0) AS "overdueMs"
FROM gateway_attempts WHERE gateway_provider = $1 AND state = 'PENDING'`;

export async function countWaitingAttempts(
  source: Pick<EntityManager, 'query'>,
  provider: GatewayProvider,
): Promise<WaitingAttempts> {
  const [row]: [WaitingAttempts] = await source.query(COUNT, [provider]);
  return row;
}
