import { randomBytes } from 'node:crypto';

/** Nine hours. */
export const TOKEN_LIFETIME_S = 32_400;

/** Tokens say themselves until when they are good: a simulator that starts again knows those of before. */
export function issueToken(nowS: number): string {
  return `A21AA${(nowS + TOKEN_LIFETIME_S).toString(36)}-${randomBytes(24).toString('base64url')}`;
}

export function isTokenGood(token: string, nowS: number): boolean {
  const expires = /^A21AA([0-9a-z]+)-/.exec(token)?.[1];
  return expires !== undefined && Number.parseInt(expires, 36) > nowS;
}
