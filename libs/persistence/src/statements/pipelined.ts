import { sqlState } from '../database-error.js';

/** What Postgres says of a statement behind one that failed. */
const IN_FAILED_TRANSACTION = '25P02';

/**
 * Waits for statements of one transaction that were sent without waiting in between, and so go to Postgres and back
 * together. They run in the order in which they were sent, each as if alone: it sees what those before it did.
 *
 * @param statements in the order in which they were sent
 * @returns what each of them returned, in order
 * @throws what failed first, once none of them is under way any more
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
