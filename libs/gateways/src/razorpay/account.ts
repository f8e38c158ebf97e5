import type { KeyObject } from 'node:crypto';

/** Whose orders they are: what checkouts are opened with, and what their signatures are made with. */
export interface RazorpayAccount {
  readonly keyId: string;
  readonly signingKey: KeyObject;
}
