import { afterAll, beforeAll } from '@jest/globals';
import { createTestDatabase } from '@payments/local/testing';
import { type Database, openDatabase } from '../database.js';

/** Opens a migrated database of the file's own before its tests, and removes it after them. */
export function useDatabase(onOpen: (database: Database, url: string) => void): void {
  let close: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const { url, drop } = await createTestDatabase();
    const database = await openDatabase({ url, poolSize: 4, applicationName: 'test' });
    close = async () => {
      await database.close();
      await drop();
    };
    onOpen(database, url);
  });
  afterAll(() => close?.());
}
