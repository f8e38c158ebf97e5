import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Below the stack's folder. */
export const API_KEYS_FILE = 'api-keys.json';

const EVERY_SCOPE = ['create', 'confirm', 'capture', 'cancel', 'refund', 'read'].map(
  (action) => `payments:${action}`,
);

/** What the services know of the local API key, which may do everything. */
export function writeApiKeys(root: string, key: string): void {
  const hash = createHash('sha256').update(key).digest('hex');
  const keys = [{ id: 'local', hash, scopes: EVERY_SCOPE }];
  writeFileSync(join(root, API_KEYS_FILE), `${JSON.stringify({ keys }, null, 2)}\n`);
}
