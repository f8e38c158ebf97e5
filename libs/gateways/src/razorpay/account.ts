import type { KeyObject } from 'node:crypto';

/** Our account at Razorpay. */
export interface RazorpayAccount {
  /** Public: the checkout is opened with it. */
  readonly keyId: string;
  /** Key of the checkout signatures. */
  readonly signingKey: KeyObject;
}
