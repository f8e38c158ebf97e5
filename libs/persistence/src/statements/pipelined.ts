import { sqlState } from '../database-error.js';

/** SQLSTATE of a statement that follows a failed one in its transaction. */
const IN_FAILED_TRANSACTION = '25P02';

/**
 * Awaits statements of one transaction that were sent without awaiting one another, and so share a round trip. Postgres
 * still runs them one after another, in the order in which they were sent: each sees the effects of those before it.
 *
 * @param statements in the order in which they were sent
 * @returns the results, in order
 * @throws the error of the first that failed, once all have ended
 */
export async function pipelined<Results extends readonly unknown[]>(
  statements: {
    readonly [Index in keyof Results]: Promise<Results[Index]>;
  },
): Promise<Results> {
  const settled = await Promise.allSettled(statements);
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const first = failures.find((error) => sqlState(error) !== IN_FAILED_TRANSACTION) ?? failures[0];
  if (first !== undefined) throw first;
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as Results;
}
