import { afterAll, beforeAll } from '@jest/globals';
import { startTestQuery, type TestQuery, untilCacheAnswers } from './test-query.js';

/** Starts a read side of the file's own before its tests, connected to Redis, and closes it after them. */
export function useQuery(onStart: (query: TestQuery) => void): void {
  let query: TestQuery | undefined;
  beforeAll(async () => {
    query = await startTestQuery();
    await untilCacheAnswers(query);
    onStart(query);
  });
  afterAll(() => query?.close());
}
