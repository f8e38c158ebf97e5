import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiScope, hashOfApiKey } from '@payments/runtime';

export const API_KEY = 'bench-only';
export const API_KEY_ID = 'bench';

/** Writes the file in which services find the key. @returns its path */
export function writeApiKey(folder: string, scopes: readonly ApiScope[]): string {
  const hash = hashOfApiKey(API_KEY).toString('hex');
  const file = join(folder, 'api-keys.json');
  writeFileSync(file, JSON.stringify({ keys: [{ id: API_KEY_ID, hash, scopes }] }));
  return file;
}
