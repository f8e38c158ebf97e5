import { parseSealKeys } from '@payments/contracts';

/** A fixed key, since the sealed bodies are generated. */
export const SEAL_KEYS = `bench:${Buffer.alloc(32, 1).toString('base64')}`;

export const benchKeys = () => parseSealKeys(SEAL_KEYS);
