import { randomBytes } from 'node:crypto';

/** Nine hours. */
export const TOKEN_LIFETIME_S = 32_400;

/**
 * Tokens say themselves until when they are good: a simulator that starts again knows those of before. That is by
 * the machine's time: an SDK that keeps a token does not know when the simulator's is moved on.
 * @param nowS seconds of the epoch
 */
export function issueToken(nowS: number = machineS()): string {
  return `A21AA${(nowS + TOKEN_LIFETIME_S).toString(36)}-${randomBytes(24).toString('base64url')}`;
}

export function isTokenGood(token: string): boolean {
  const expires = /^A21AA([0-9a-z]+)-/.exec(token)?.[1];
  return expires !== undefined && Number.parseInt(expires, 36) > machineS();
}

function machineS(): number {
  return Math.floor(Date.now() / 1000);
}
