import { parseSealKeys } from '@payments/contracts';

/** What bodies are sealed with here; made-up data. */
export const SEAL_KEYS = `bench:${Buffer.alloc(32, 1).toString('base64')}`;

export const benchKeys = () => parseSealKeys(SEAL_KEYS);
