/** A master key to seal webhook bodies with. */
export interface SealKey {
  readonly id: string;
  /** 32 random bytes. */
  readonly key: Buffer;
}

export const SEAL_KEY_BYTES = 32;
export const SEAL_KEY_ID = /^[a-zA-Z0-9_-]{1,32}$/;

/**
 * Parses `id:key,id:key`: keys in base64, newest first. The first one seals, all of them open.
 *
 * @throws RangeError that identifies the defective entry without showing a key
 */
export function parseSealKeys(text: string): SealKey[] {
  if (text.trim() === '') throw new RangeError('no sealing key given: write id:key, newest first');
  const keys = text.split(',').map((entry, index) => parseSealKey(entry.trim(), index + 1));
  assertUniqueIds(keys);
  return keys;
}

/** @throws RangeError if two keys share an id: a sealed body refers to its key by id */
export function assertUniqueIds(keys: readonly SealKey[]): void {
  const ids = new Set<string>();
  for (const { id } of keys) {
    if (ids.has(id)) throw new RangeError(`two sealing keys have the id ${id}: give each its own`);
    ids.add(id);
  }
}

function parseSealKey(entry: string, position: number): SealKey {
  const colon = entry.indexOf(':');
  // The text before the first colon is shown only if there is one: otherwise it may be the key itself.
  if (colon < 0) throw new RangeError(`sealing key ${position} is not of the form id:key`);
  const id = entry.slice(0, colon);
  if (!SEAL_KEY_ID.test(id)) {
    throw new RangeError(`sealing key ${position}: its id must be 1 to 32 of a-z, A-Z, 0-9, _ and -`);
  }
  const text = entry.slice(colon + 1);
  const key = Buffer.from(text, 'base64');
  if (key.toString('base64') !== text || key.length !== SEAL_KEY_BYTES) {
    throw new RangeError(
      `sealing key ${id} must be exactly ${SEAL_KEY_BYTES} bytes in base64: openssl rand -base64 32`,
    );
  }
  return { id, key };
}
