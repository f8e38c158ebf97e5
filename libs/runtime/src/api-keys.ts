import { hash as digest, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** Permissions of an API key. */
export const API_SCOPES = [
  'payments:create',
  'payments:confirm',
  'payments:capture',
  'payments:cancel',
  'payments:refund',
  'payments:read',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** A key, known by its hash only. */
export interface ApiKey {
  /** Identifies the caller, not the key: during a rotation the old and the new one share it. */
  readonly id: string;
  readonly scopes: ReadonlySet<ApiScope>;
  /** SHA-256 of the key's bytes. */
  readonly hash: Buffer;
  /** Milliseconds since the epoch; Infinity if it never expires. */
  readonly expiresAtMs: number;
}

const KEYS_COUNT_MAX = 1_000;

const apiKeysFile = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(/^[A-Za-z0-9._-]{1,64}$/, '1 to 64 letters, digits, dots, dashes or underscores'),
        hash: z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256 of the key in 64 lower-case hexadecimal digits'),
        scopes: z.array(z.enum(API_SCOPES)).min(1),
        expiresAt: z.iso.datetime({ offset: true }).optional(),
      }),
    )
    .max(KEYS_COUNT_MAX),
});

/** SHA-256 of a key, as stored in the key file. Keys are 32 random bytes, so the hash cannot be reversed. */
export function hashOfApiKey(key: string): Buffer {
  return digest('sha256', key, 'buffer');
}

/**
 * Parses `{"keys":[{"id":"shop","hash":"…","scopes":["payments:create"],"expiresAt":"2027-01-01T00:00:00Z"}]}`.
 *
 * @throws Error that lists every problem and shows no hash
 */
export function parseApiKeys(text: string): readonly ApiKey[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
  const parsed = apiKeysFile.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
    throw new Error(problems.join('; '));
  }
  const { keys } = parsed.data;
  const twice = keys.find(({ hash }, index) => keys.findIndex((other) => other.hash === hash) !== index);
  if (twice !== undefined) throw new Error(`two entries have the hash of the key of ${twice.id}`);
  return keys.map(({ id, hash, scopes, expiresAt }) => ({
    id,
    hash: Buffer.from(hash, 'hex'),
    scopes: new Set(scopes),
    expiresAtMs: expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
  }));
}

/** Finds the key that was presented, in time that does not depend on the match. */
export function findApiKey(keys: readonly ApiKey[], presented: string): ApiKey | undefined {
  const hash = hashOfApiKey(presented);
  let found: ApiKey | undefined;
  for (const key of keys) if (timingSafeEqual(key.hash, hash)) found = key;
  return found;
}
