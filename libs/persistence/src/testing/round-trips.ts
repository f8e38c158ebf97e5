import { jest } from '@jest/globals';
import { PreparingClient } from '../preparing-client.js';

/** Counts how often `work` waits for Postgres: statements that are sent while others are under way are not counted. */
export async function roundTripsOf(work: () => Promise<unknown>): Promise<number> {
  const query = PreparingClient.prototype.query;
  let count = 0;
  let underWay = 0;
  const counting = jest.spyOn(PreparingClient.prototype, 'query').mockImplementation(function (
    this: PreparingClient,
    ...statement
  ) {
    if (underWay === 0) count += 1;
    underWay += 1;
    return query.apply(this, statement).finally(() => {
      underWay -= 1;
    });
  });
  try {
    await work();
    return count;
  } finally {
    counting.mockRestore();
  }
}
