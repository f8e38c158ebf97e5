import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { openTestLedger, type TestLedger } from './deliveries.js';

/** Opens a ledger of the file's own before its tests, empties it before each, and removes it after them. */
export function useLedger(onOpen: (ledger: TestLedger) => void): void {
  let ledger: TestLedger | undefined;
  beforeAll(async () => {
    ledger = await openTestLedger();
    onOpen(ledger);
  }, 60_000);
  beforeEach(() => ledger?.clear());
  afterAll(() => ledger?.close());
}
